"""Reading households and people: every queryset starts from `visible_to(actor)`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import Scope, scope_of
from kaejon.apps.areas.queries import within
from kaejon.apps.households.models import ERASED_NAME, Grant, Household, Person
from kaejon.apps.vault.sealing import blind_indexes
from kaejon.methods.thai import names, national_id


def visible_to(
    actor: User, permission: Permission = Permission.SEE_HOUSEHOLDS
) -> QuerySet[Household]:
    """The households on which the actor holds the permission; none unless a row grants it."""
    return Household.objects.filter(in_scope(scope_of(actor, permission), "area_id", "pk"))


def with_duplicates(household: Household) -> tuple[frozenset[int], frozenset[int]]:
    """Keys of the household and of its people, with the duplicates that were found to be them."""
    homes = Household.everyone.filter(Q(pk=household.pk) | Q(merged_into=household))
    members = household.people.values("pk")
    people = Person.everyone.filter(Q(pk__in=members) | Q(merged_into__in=members))
    return (
        frozenset(homes.values_list("pk", flat=True)),
        frozenset(people.values_list("pk", flat=True)),
    )


def is_erased(household: Household) -> bool:
    """Whether everybody of the household was erased, so that nothing about it may be written any more.

    Of a family in which only some were erased, the head among them, the others live on.
    """
    if household.head_name != ERASED_NAME:
        return False
    return not household.people.exclude(first_name=ERASED_NAME).exists()


def people_visible_to(
    actor: User, permission: Permission = Permission.SEE_HOUSEHOLDS
) -> QuerySet[Person]:
    """The people on whom the actor holds the permission."""
    return Person.objects.filter(in_scope(scope_of(actor, permission), "area_id", "household_id"))


def of_visible(actor: User, permission: Permission, path: str = "household") -> Q:
    """Rows of households in the actor's scope, as a filter on the row that names its household.

    A join, not "household in (those visible)": SQLite answers the latter by reading all
    households of a province as soon as it has counted its tables (`ANALYZE`).
    """
    scope = scope_of(actor, permission)
    whole = Q(**{f"{path}__merged_into": None})
    return whole & in_scope(scope, f"{path}__area_id", f"{path}_id")


def open_households(
    actor: User, keys: Iterable[int], permission: Permission = Permission.SEE_HOUSEHOLDS
) -> set[int]:
    """Those of the households on which the actor holds the permission now.

    What is in scope may name a household that left it since: whoever shows another one asks here.
    """
    asked = set(keys)
    rows = visible_to(actor, permission).filter(pk__in=asked) if asked else Household.objects.none()
    return set(rows.values_list("pk", flat=True))


def open_people(
    actor: User, keys: Iterable[int], permission: Permission = Permission.SEE_HOUSEHOLDS
) -> set[int]:
    """As `open_households`, of people."""
    asked = set(keys)
    rows = (
        people_visible_to(actor, permission).filter(pk__in=asked)
        if asked
        else Person.objects.none()
    )
    return set(rows.values_list("pk", flat=True))


def standing(public_id: UUID) -> UUID:
    """The public id under which a person stands now: of the one it was merged into, else its own."""
    held = Person.everyone.filter(public_id=public_id, merged_into__isnull=False)
    found: UUID | None = held.values_list("merged_into__public_id", flat=True).first()
    return found or public_id


def standing_home(public_id: UUID) -> UUID:
    """As `standing`, for a household."""
    held = Household.everyone.filter(public_id=public_id, merged_into__isnull=False)
    found: UUID | None = held.values_list("merged_into__public_id", flat=True).first()
    return found or public_id


def in_scope(scope: Scope, area_field: str, household_field: str) -> Q:
    """The scope as a filter: whole areas, or households granted to an organization in an area."""
    condition = scope.by_area(area_field)
    today = timezone.localdate()
    for organization, area in scope.grants:
        granted = Grant.objects.filter(
            Q(valid_until=None) | Q(valid_until__gte=today),
            organization=organization,
            valid_from__lte=today,
        ).values("household")
        condition |= Q(**{f"{household_field}__in": granted}) & within(area, area_field)
    return condition


def starts_with(field: str, text: str) -> Q:
    """Prefix search an ordinary index answers on both databases.

    PostgreSQL uses the pattern index Django makes for `db_index` text; SQLite
    compares bytes, so a range does it.
    """
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__startswith": text})
    return Q(**{f"{field}__gte": text, f"{field}__lt": text + "\U0010ffff"})


@lru_cache(maxsize=1 << 16)
def search_key(name: str) -> str:
    """The letters of one name as prefix search compares them."""
    return names.name_key(name, "").replace("|", "")


def search_people(people: QuerySet[Person], text: str) -> QuerySet[Person]:
    """People whose national ID equals, or whose names begin with, the words given.

    One word matches first or last name; two words match first and last name.
    """
    asked = national_id.read(text)
    if asked.digits and len(asked.digits) == 13:
        return people.filter(national_id_index__in=blind_indexes(asked.digits))
    _, bare = names.split_title(names.clean(text))
    words = [key for word in bare.split() if (key := search_key(word))]
    if not words:
        return people.none()
    if len(words) == 1:
        return people.filter(starts_with("first_key", words[0]) | starts_with("last_key", words[0]))
    return people.filter(starts_with("first_key", words[0]) & starts_with("last_key", words[1]))


def known_values(household: Household) -> dict[str, Any]:
    """The fields an officer may correct, with their present values, for forms and conflict pages."""
    return {
        "house_no": household.house_no,
        "area": household.area_id,
        "presence": household.presence,
        "latitude": household.house.latitude,
        "longitude": household.house.longitude,
    }
