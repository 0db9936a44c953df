"""Find two households of the registry to be one, so that it can be taken back exactly.

Everything that named the duplicate names the household kept, members and their history
included; present values are derived again. Who stands in both beyond doubt is made one
person too; others are asked about one by one. The duplicate stays as a pointer for old
papers and links. The deciding person also says where the household lives: at the address
of the one kept, as a field check.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.folders.guards import refuse_no_reason, without_blanks
from kaejon.apps.folders.stating import state
from kaejon.apps.homes.changing import (
    house_people,
    last_claim,
    lock_to_change,
    refuse_stale,
    refuse_while_lists_move,
    remember,
    settle,
    snapshot,
)
from kaejon.apps.homes.models import ChangeKind, HouseholdChange
from kaejon.apps.households.models import Household, Membership, Person
from kaejon.apps.linking.merging import merge_people
from kaejon.apps.sources.models import Assertion

# Members move by rules of their own; what is measured or counted is derived again.
NOT_MOVED = (
    "households.membership.household",
    "households.person.household",
    "households.household.merged_into",
    "measurement.capitalscore.household",
    "measurement.povertyscreen.household",
)
DERIVED_APPS = ("coverage", "homes")


@transaction.atomic
def merge_households(
    *, kept: Household, gone: Household, reason: str, by: User, seen: str = ""
) -> HouseholdChange:
    """Make `gone` one with `kept`.

    Refuses one household given twice or merged before, a household that is not the
    actor's to change (NotPermitted), no reason, households that are no longer as `seen` (`changing.as_seen`), and while a
    list is being applied or taken back.
    """
    held, lost = lock_to_change(kept, gone, by)
    refuse_no_reason(reason)
    refuse_while_lists_move()
    refuse_stale(seen, held, lost)
    people = set(Person.objects.filter(household=lost).values_list("pk", flat=True))
    people |= set(Membership.objects.filter(household=lost).values_list("person", flat=True))
    moving = set(Person.objects.filter(household=lost).values_list("pk", flat=True))
    change = HouseholdChange(
        kind=ChangeKind.MERGE,
        kept=held,
        other=lost,
        happened_on=timezone.localdate(),
        before=snapshot(people) | {"last_claim": last_claim(), "area": lost.area_id},
        reason=reason,
        made_by=by,
    )
    change.moved = move_references(lost, held)
    Membership.objects.filter(household=lost).update(household=held)
    house_people(moving, held)
    place_pointer(held, lost)
    place = without_blanks({"area": held.area_id, "house_no": held.house_no})
    change.claims = [state(household=held, facts=place, reason=reason, actor=by).pk]
    in_both = people_in_both(held, moving)
    others = moving - {other.pk for _, other in in_both}
    change.claims += keep_one_head(held, others, reason, by)
    change.after = snapshot(people)
    change.save()
    remember(change, "household.merge", by, reason)
    settle([held, lost], moving)
    make_people_one(change, in_both, reason, by)
    return change


def keep_one_head(kept: Household, came: Collection[int], reason: str, by: User) -> list[int]:
    """Who headed the duplicate heads nobody where the household kept has a head; returns the claims that say so."""
    heads = Person.objects.filter(household=kept, is_head=True, died_on=None)
    second = list(heads.filter(pk__in=came).order_by("pk"))
    if not second or not heads.exclude(pk__in=came).exists():
        return []
    Membership.objects.filter(person__in=second, ended_on=None).update(is_head=False)
    not_head = {"is_head": False}
    return [
        state(household=kept, person=person, facts=not_head, reason=reason, actor=by).pk
        for person in second
    ]


def people_in_both(kept: Household, moved: Collection[int]) -> list[tuple[Person, Person]]:
    """Pairs (who lived there, who came) of one name that birth date and national ID do not part, where clear."""
    people = Person.objects.filter(household=kept).exclude(name_key="").order_by("pk")
    spoken = Assertion.objects.filter(person__in=people, withdrawn_at=None).values("person")
    here = list(people.filter(pk__in=spoken))
    alike = [
        (one, other)
        for one in here
        for other in here
        if one.pk not in moved and other.pk in moved and surely_one(one, other)
    ]
    times = Counter(person.pk for pair in alike for person in pair)
    return [pair for pair in alike if all(times[person.pk] == 1 for person in pair)]


def surely_one(one: Person, other: Person) -> bool:
    """The same name and birth date, and no two different national IDs."""
    numbers = {p.national_id_index for p in (one, other)} - {""}
    born = {(p.birth_date, p.birth_precision) for p in (one, other)}
    same = one.name_key == other.name_key and len(born) == 1 and one.birth_date is not None
    return same and len(numbers) < 2


def make_people_one(
    change: HouseholdChange, pairs: Collection[tuple[Person, Person]], reason: str, by: User
) -> None:
    """Merge people who stand in both; undoing the change parts them again."""
    merges = [merge_people(kept=a, gone=b, actor=by, reason=reason).pk for a, b in pairs]
    change.after["person_merges"] = merges
    change.save(update_fields=["after"])


def place_pointer(kept: Household, gone: Household) -> None:
    """The duplicate points to the one kept; so does whoever pointed to the duplicate."""
    Household.everyone.filter(merged_into=gone).update(merged_into=kept)
    Household.everyone.filter(pk=gone.pk).update(
        merged_into=kept, members=0, conflicts=0, version=gone.version + 1
    )


def references_to_households() -> Iterator[tuple[str, models.Field]]:  # type: ignore[type-arg]
    """Every column that names a household and moves with a merge, as ("app.model.field", field)."""
    for relation in Household._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel):
            continue
        model = relation.related_model
        name = f"{model._meta.label_lower}.{relation.field.name}"
        if name not in NOT_MOVED and model._meta.app_label not in DERIVED_APPS:
            yield name, relation.field


def move_references(gone: Household, kept: Household) -> dict[str, list[int]]:
    """Let rows that named `gone` name `kept`; returns the keys of those that moved, by column.

    A row that the household kept has already (one status set by hand, one place on an
    agenda) stays with the duplicate.
    """
    moved: dict[str, list[int]] = {}
    for name, field in references_to_households():
        rows = field.model._base_manager.filter(**{field.name: gone.pk})
        for key in rows.order_by("pk").values_list("pk", flat=True):
            try:
                with transaction.atomic():
                    field.model._base_manager.filter(pk=key).update(**{field.name: kept.pk})
            except IntegrityError:
                continue
            moved.setdefault(name, []).append(key)
    return moved
