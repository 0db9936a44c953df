"""`kaejon grants`: open a household to an organization, and end that."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from kaejon.methods.errors import UsageError

if TYPE_CHECKING:
    from kaejon.apps.access.models import User
    from kaejon.apps.households.models import Grant, Household
    from kaejon.apps.partners.models import Organization


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "grants", help="open a household to an organization, or end that"
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    give = actions.add_parser("give", help="let an organization open a household")
    give.add_argument("--purpose", required=True, metavar="TEXT", help="what the office is to do")
    give.add_argument(
        "--from", dest="first", type=day, metavar="DATE", help="first day (default today)"
    )
    give.add_argument("--until", type=day, metavar="DATE", help="last day (default: no end)")
    give.set_defaults(run=run_give)
    end = actions.add_parser("end", help="end what an organization may open of a household")
    end.add_argument("--last-day", type=day, metavar="DATE", help="last day (default yesterday)")
    end.add_argument("--reason", default="", metavar="TEXT", help="why, kept in the history")
    end.set_defaults(run=run_end)
    for action in (give, end):
        action.add_argument(
            "household", type=UUID, metavar="HOUSEHOLD", help="public id of the household"
        )
        action.add_argument("organization", metavar="ORGANIZATION", help="short code of the office")
        action.add_argument(
            "--as",
            dest="acting",
            metavar="USERNAME",
            help="act as this user, who keeps the sources there (default: the system operator)",
        )
        action.add_argument("--json", action="store_true", help="print one JSON document")


def day(text: str) -> date:
    """A day of the command line, year of our era: 2026-12-31."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day like 2026-12-31") from error


def run_give(args: argparse.Namespace) -> int:
    from kaejon.config.setup import start_django

    start_django()
    from django.utils import timezone

    from kaejon.apps.households.grants import grant_household

    grant = grant_household(
        household=household_of(args.household),
        organization=organization_of(args.organization),
        purpose=args.purpose,
        valid_from=args.first or timezone.localdate(),
        valid_until=args.until,
        by=actor(args.acting),
    )
    tell(args, grant)
    return 0


def run_end(args: argparse.Namespace) -> int:
    """End every grant of the household to the organization that lasts beyond the last day."""
    from kaejon.config.setup import start_django

    start_django()
    from datetime import timedelta

    from django.db.models import Q
    from django.utils import timezone

    from kaejon.apps.households.grants import end_grant
    from kaejon.apps.households.models import Grant

    last_day = args.last_day or timezone.localdate() - timedelta(days=1)
    rows = Grant.objects.filter(
        Q(valid_until=None) | Q(valid_until__gt=last_day),
        household=household_of(args.household),
        organization=organization_of(args.organization),
    )
    ended = [
        end_grant(grant=row, last_day=last_day, reason=args.reason, by=actor(args.acting))
        for row in rows
    ]
    if not ended:
        raise UsageError("no_grant", "this household is not open to that organization then")
    for grant in ended:
        tell(args, grant)
    return 0


def tell(args: argparse.Namespace, grant: Grant) -> None:
    """Print between which days the grant opens the household; no day where it ended before it began."""
    first, last = grant.valid_from, grant.valid_until
    document = {
        "household": str(grant.household.public_id),
        "organization": grant.organization.code,
        "from": first.isoformat() if grant.opens else None,
        "until": last.isoformat() if grant.opens and last else None,
        "opens": grant.opens,
    }
    if args.json:
        print(json.dumps(document))
    elif grant.opens:
        until = document["until"] or "no end"
        print(f"Open to {grant.organization.code} from {first}: {until}.", file=sys.stderr)
    else:
        print(f"Open to {grant.organization.code} on no day any more.", file=sys.stderr)


def household_of(public_id: UUID) -> Household:
    from kaejon.apps.households.models import Household

    household = Household.objects.filter(public_id=public_id).first()
    if household is None:
        raise UsageError("unknown_household", f"there is no household {public_id}")
    return household


def organization_of(code: str) -> Organization:
    from kaejon.apps.partners.models import Organization

    organization = Organization.objects.filter(code=code).first()
    if organization is None:
        raise UsageError("unknown_organization", f"there is no organization {code!r}")
    return organization


def actor(username: str | None) -> User:
    """The user the command acts as; what the person may do is asked by the verb."""
    from kaejon.apps.access.models import User
    from kaejon.apps.access.operator import ensure_operator

    if username is None:
        return ensure_operator()
    user = User.objects.filter(username=username).first()
    if user is None:
        raise UsageError("unknown_user", f"there is no user {username!r}")
    return user
