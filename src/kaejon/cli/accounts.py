"""`kaejon accounts`: invite the first people, and say who maintains the installation.

Afterwards the account pages invite; maintainers are made here only.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from kaejon.methods.errors import UsageError

if TYPE_CHECKING:
    from kaejon.apps.partners.models import Organization


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "accounts", help="invite the first administrator; say who is a maintainer"
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    invite = actions.add_parser(
        "invite", help="make an account and print the link that sets its first password"
    )
    invite.add_argument("username", metavar="USERNAME", help="name to sign in with")
    invite.add_argument("--first-name", required=True, metavar="NAME", help="given name")
    invite.add_argument("--last-name", required=True, metavar="NAME", help="family name")
    invite.add_argument(
        "--email", default="", metavar="ADDRESS", help="e-mail address of the person"
    )
    invite.add_argument(
        "--role",
        default="administrator",
        metavar="ROLE",
        help="role in the area (default administrator)",
    )
    invite.add_argument(
        "--area", default="33", metavar="CODE", help="area of the role (default 33)"
    )
    invite.add_argument(
        "--organization",
        required=True,
        metavar="CODE",
        help="short name of the organization, such as moi-33",
    )
    invite.add_argument(
        "--organization-name",
        default="",
        metavar="NAME",
        help="its Thai name, to register it when it is not there yet",
    )
    invite.add_argument(
        "--purpose",
        required=True,
        metavar="TEXT",
        help="why this access is given, kept in the history",
    )
    invite.add_argument("--json", action="store_true", help="print one JSON document")
    invite.set_defaults(run=run_invite)
    maintainer = actions.add_parser(
        "maintainer", help="let an administrator read the tables of the installation (/admin/)"
    )
    maintainer.add_argument("username", metavar="USERNAME", help="name of an existing account")
    maintainer.add_argument("--end", action="store_true", help="end it instead")
    maintainer.add_argument("--json", action="store_true", help="print one JSON document")
    maintainer.set_defaults(run=run_maintainer)


def run_invite(args: argparse.Namespace) -> int:
    from kaejon.config.setup import start_django

    start_django()
    link = invite(args)
    if args.json:
        print(json.dumps({"username": args.username, "link": link}))
    else:
        print(link)
        print(
            "The link works once, within seven days. Hand it to the person, and to nobody else.",
            file=sys.stderr,
        )
    return 0


def run_maintainer(args: argparse.Namespace) -> int:
    """Mark an account as a maintainer's, or end that. Refuses an unknown name."""
    from kaejon.config.setup import start_django

    start_django()
    from kaejon.apps.access.accounts import set_maintainer
    from kaejon.apps.access.models import User
    from kaejon.apps.access.operator import ensure_operator

    user = User.objects.filter(username=args.username).first()
    if user is None:
        raise UsageError(
            "unknown_account",
            f"there is no account {args.username!r}",
            remedy="Look for the user name on the page Accounts, or invite the person first.",
        )
    set_maintainer(user=user, on=not args.end, by=ensure_operator())
    if args.json:
        print(json.dumps({"username": args.username, "maintainer": not args.end}))
    else:
        told = (
            "no longer reads"
            if args.end
            else "with a second step and the role of administrator, reads"
        )
        print(f"{args.username} {told} the tables of the installation.")
    return 0


def invite(args: argparse.Namespace) -> str:
    """Make account and grant; returns the full link. Refuses an unknown area, role or organization."""
    from django.conf import settings
    from django.core.exceptions import ValidationError
    from django.db import transaction
    from django.urls import reverse
    from django.utils import timezone

    from kaejon.apps.access import invitations
    from kaejon.apps.access.operator import ensure_operator
    from kaejon.apps.areas.models import Area

    if not Area.objects.filter(code=args.area).exists():
        raise UsageError(
            "unknown_area",
            f"there is no area {args.area}",
            remedy="Load its province: `kaejon areas load --province …`.",
        )
    person = invitations.NewPerson(args.username, args.first_name, args.last_name, args.email)
    try:
        with transaction.atomic():
            role = invitations.FirstRole(
                role=args.role,
                area=args.area,
                organization=organization_of(args),
                purpose=args.purpose,
                valid_from=timezone.localdate(),
            )
            _, raw = invitations.invite(person=person, first_role=role, by=ensure_operator())
    except ValidationError as error:
        raise UsageError("bad_account", "; ".join(error.messages)) from error
    return settings.SITE_URL + reverse("invitation_accept", args=[raw])


def organization_of(args: argparse.Namespace) -> Organization:
    """The organization by its code; registered as a state office when a name is given and it is new."""
    from kaejon.apps.access.operator import ensure_operator
    from kaejon.apps.access.places import register_organization
    from kaejon.apps.partners.models import Organization, Sector

    found = Organization.objects.filter(code=args.organization).first()
    if found:
        return found
    if not args.organization_name:
        raise UsageError(
            "unknown_organization",
            f"there is no organization {args.organization!r}",
            remedy="Add --organization-name with its Thai name to register it.",
        )
    return register_organization(
        code=args.organization,
        name_th=args.organization_name,
        sector=Sector.STATE,
        area=args.area,
        by=ensure_operator(),
    )
