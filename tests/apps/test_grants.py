"""What a grant opens, from which day until which, and what it leaves closed."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.areas.models import Area
from kaejon.apps.audit.models import Event
from kaejon.apps.folders import exporting, printing
from kaejon.apps.folders.exporting import Export
from kaejon.apps.folders.listing import Filters
from kaejon.apps.folders.models import Attention, Note
from kaejon.apps.households.grants import end_grant, grant_household
from kaejon.apps.households.models import Grant, House, Household
from kaejon.apps.households.queries import visible_to
from kaejon.apps.jobs.actions import run_job_here
from kaejon.apps.jobs.models import Job
from kaejon.apps.privacy.models import Consent
from kaejon.apps.sources.actions import register_source
from kaejon.apps.surveys.models import Verification
from kaejon.cli.main import main
from kaejon.methods.errors import DataError
from tests.cast import Cast


@pytest.fixture
def home(cast: Cast) -> Household:
    house = House.objects.create(area_id="33010101", house_no="7")
    return Household.objects.create(
        house=house, area_id="33010101", house_no="7", head_name="นางสมมติ"
    )


def granted(home: Household, cast: Cast, first: date, last: date | None = None) -> Grant:
    return grant_household(
        household=home,
        organization=cast.organizations["health"],
        purpose="เยี่ยมผู้ป่วย",
        valid_from=first,
        valid_until=last,
        by=cast.wanna,
    )


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize(("days", "is_open"), [(1, False), (0, True), (-1, True)])
def test_a_grant_opens_from_its_first_day(
    cast: Cast, home: Household, days: int, is_open: bool
) -> None:
    granted(home, cast, timezone.localdate() + timedelta(days=days))
    assert visible_to(cast.preecha).filter(pk=home.pk).exists() is is_open


def test_a_grant_is_given_and_ended_with_a_line_in_the_history(cast: Cast, home: Household) -> None:
    today = timezone.localdate()
    grant = granted(home, cast, today - timedelta(days=9))
    end_grant(grant=grant, last_day=today - timedelta(days=1), reason="เสร็จแล้ว", by=cast.wanna)
    assert not visible_to(cast.preecha).exists()
    lines = Event.objects.filter(subject_id=str(home.public_id)).order_by("pk")
    assert list(lines.values_list("verb", flat=True)) == ["grant.give", "grant.end"]
    with pytest.raises(DataError, match="already"):
        end_grant(grant=grant, last_day=today, by=cast.wanna)


@pytest.mark.parametrize(("purpose", "days"), [("  ", 1), ("เยี่ยม", -1)])
def test_a_grant_says_what_for_and_ends_after_it_begins(
    cast: Cast, home: Household, purpose: str, days: int
) -> None:
    today = timezone.localdate()
    with pytest.raises(DataError):
        grant_household(
            household=home,
            organization=cast.organizations["health"],
            purpose=purpose,
            valid_from=today,
            valid_until=today + timedelta(days=days),
            by=cast.wanna,
        )


def test_a_print_is_not_served_after_the_grant_ended(cast: Cast, home: Household) -> None:
    grant = granted(home, cast, timezone.localdate() - timedelta(days=9))
    job = printed(cast.preecha)
    with printing.opened(job)[0] as paper:
        assert paper.read(5) == b"%PDF-"
    end_grant(grant=grant, last_day=timezone.localdate() - timedelta(days=1), by=cast.wanna)
    with pytest.raises(DataError, match="no longer print"):
        printing.opened(Job.objects.select_related("created_by").get(pk=job.pk))


def printed(by: User) -> Job:
    job = printing.enqueue_area(
        area=Area.objects.get(code="330101"),
        everyone=True,
        thai_digits=False,
        language="th",
        by=fresh(by),
    )
    run_job_here(job)
    return Job.objects.get(pk=job.pk)


def test_an_export_is_not_served_once_a_family_in_it_moved_away(
    cast: Cast, home: Household
) -> None:
    job = exporting.request_export(export=Export(Filters(area="330101")), token="t", by=cast.malee)
    run_job_here(job)
    job.refresh_from_db()
    assert exporting.can_be_fetched(job, cast.malee)
    Household.objects.filter(pk=home.pk).update(area_id="33020101")
    assert not exporting.can_be_fetched(job, cast.malee)
    assert exporting.can_be_fetched(job, cast.malee) is False


def test_a_folder_opened_by_a_grant_leaves_out_what_officers_wrote(
    cast: Cast, home: Household
) -> None:
    written(cast, home)
    granted(home, cast, timezone.localdate())
    for who, sees in ((cast.malee, True), (cast.darunee, True), (cast.preecha, False)):
        client = Client()
        client.force_login(who)
        page = client.get(f"/households/{home.public_id}/").content.decode()
        assert "นางสมมติ" in page
        for word in ("บันทึกลับ", "หมายเหตุผลตรวจ", 'id="consents"'):
            assert (word in page) is sees, (who, word)
        if who != cast.darunee:
            assert ("ทำเครื่องหมายไว้" in page) is sees


def written(cast: Cast, home: Household) -> None:
    """A note, a mark, a check and a consent, each with words of its own."""
    by: Any = cast.malee
    Note.objects.create(household=home, text="บันทึกลับ", written_by=by)
    Attention.objects.create(household=home, kind="visit", reason="ทำเครื่องหมายไว้", set_by=by)
    Verification.objects.create(
        household=home,
        year_be=2568,
        outcome="not_poor",
        method="visit",
        note="หมายเหตุผลตรวจ",
        checked_on=timezone.localdate(),
        checked_by=by,
    )
    source = register_source(
        code="by-consent",
        kind="community",
        name_th="สำรวจ",
        owner=cast.organizations["province"],
        legal_basis="consent",
        purpose="help",
        retention_years=3,
        by=cast.operator,
    )
    Consent.objects.create(
        household=home,
        source=source,
        status="given",
        given_by="ผู้ให้ความยินยอม",
        stated_on=timezone.localdate(),
        recorded_by=by,
    )


def test_the_command_gives_and_ends_a_grant_as_a_user(
    cast: Cast, home: Household, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    named = [str(home.public_id), "health-33", "--json", "--as"]
    assert main(["grants", "give", *named, "malee", "--purpose", "เยี่ยม"]) != 0
    assert main(["grants", "give", *named, "wanna", "--purpose", "เยี่ยม"]) == 0
    assert visible_to(cast.preecha).filter(pk=home.pk).exists()
    capsys.readouterr()
    assert main(["grants", "end", *named, "wanna"]) == 0
    # Ended yesterday, begun today: it opened no day, and no range says otherwise.
    told = json.loads(capsys.readouterr().out)
    assert (told["opens"], told["from"], told["until"]) == (False, None, None)
    assert not visible_to(cast.preecha).exists()
    assert main(["grants", "end", *named, "wanna"]) != 0
