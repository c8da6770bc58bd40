"""What a person would see with other roles, before anybody gives them: rights, numbers of people, navigation.

Nobody is shown here: only counts. The very functions that decide are asked, of a copy of the person that holds the
roles in question.
"""

from copy import copy
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.access import live_memberships, roles_at
from accounts.models import Facility, Membership, User
from accounts.roles import BREAK_GLASS, Perm, Role, scope_of
from desks import navigation
from patients.access import visible_patients
from patients.explaining import SCOPES, what
from patients.models import Patient

Row = dict[str, Any]
NOWHERE = ""


@dataclass(frozen=True)
class Preview:
    """Before and after. `rights` are the lines that differ, `people` how many are gained and lost."""

    before: list[str]
    after: list[str]
    rights: list[Row]
    people: Row
    screens: list[Row]


def people_to_preview(facility: Facility) -> QuerySet[User]:
    """Who works at the facility, or nowhere yet, by name."""
    here = Q(memberships__in=Membership.objects.live().filter(facility=facility))
    nowhere = ~Q(pk__in=Membership.objects.live().values("user"))
    return User.objects.filter(here | nowhere, is_active=True).distinct().order_by("family_name", "given_name")


def preview(person: User, facility: Facility, roles: list[str]) -> Preview:
    """What changes for the person at the facility with exactly these roles. Five queries."""
    person = copy(person)
    person.kept_memberships = live_memberships(person)  # type: ignore[attr-defined]  # asked once
    now = [Role(role) for role in roles_at(person, facility)]
    then = [Role(role) for role in roles]
    return Preview(
        before=[role.label for role in now],
        after=[role.label for role in then],
        rights=[row for perm in Perm if (row := _right(perm, now, then))],
        people=_people(person, facility, now, then),
        screens=_screens(person, facility, now, then),
    )


def _right(perm: Perm, now: list[Role], then: list[Role]) -> Row | None:
    """One line of the table of roles, if it differs."""
    before, after = _scope(perm, now), _scope(perm, then)
    if before == after:
        return None
    change = "Gained" if not before else "Lost" if not after else "Changed"
    name = f"{what(perm)}" if perm.about_patients else perm.value.replace(".", ": ")
    tone = {"Gained": "success", "Lost": "danger", "Changed": "warning"}[change]
    return {"what": name, "before": before, "after": after, "change": change, "tone": tone}


def _scope(perm: Perm, roles: list[Role]) -> str:
    held = [scope for role in roles if (scope := scope_of(role, perm))]
    if held:
        return next(label for scope, label in SCOPES.items() if scope in held)
    return "in an emergency" if any(perm in BREAK_GLASS.get(role, ()) for role in roles) else NOWHERE


def _people(person: User, facility: Facility, now: list[Role], then: list[Role]) -> Row:
    before, after = (_reach(person, facility, roles) for roles in (now, then))
    return {
        "before": before.count(),
        "after": after.count(),
        "gained": after.exclude(pk__in=before).count(),
        "lost": before.exclude(pk__in=after).count(),
    }


def _reach(person: User, facility: Facility, roles: list[Role]) -> QuerySet[Patient, Any]:
    if not roles:
        return Patient.objects.none().values("pk")
    return visible_patients(_as(person, facility, roles), Perm.NAME_VIEW, facility).order_by().values("pk")


def _screens(person: User, facility: Facility, now: list[Role], then: list[Role]) -> list[Row]:
    """The sidebar the person would have, with what is new and what is gone."""
    before, after = (_offered(person, facility, roles) for roles in (now, then))
    rows = [item for item in navigation.ITEMS if item in before or item in after]
    change = {(True, False): "Gone", (False, True): "New", (True, True): ""}
    return [
        {"label": row.label, "group": row.group, "icon": row.icon, "change": change[row in before, row in after]}
        for row in rows
    ]


def _offered(person: User, facility: Facility, roles: list[Role]) -> list[navigation.Item]:
    if not roles:
        return []
    return [row for row in navigation.items(_as(person, facility, roles), facility) if row.in_sidebar]


def _as(person: User, facility: Facility, roles: list[Role]) -> User:
    """A copy of the person that holds exactly these roles here, and what he or she holds elsewhere."""
    elsewhere = [row for row in live_memberships(person) if row.facility_id != facility.pk]
    other = copy(person)
    other.current_facility = facility
    other.kept_memberships = [  # type: ignore[attr-defined]  # `accounts.access.live_memberships` looks there first
        *elsewhere,
        *(Membership(user=person, facility=facility, role=role) for role in roles),
    ]
    return other
