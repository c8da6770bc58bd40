"""Why somebody can or cannot see something of a patient: the rules of the door, in words, in their order."""

from dataclasses import dataclass, replace

from django.utils import timezone

from accounts.access import live_memberships
from accounts.models import Membership, User
from accounts.roles import BREAK_GLASS, Perm, Role, Scope, scope_of
from core.labels import when_label
from patients.access import NotPermitted
from patients.models import EmergencyAccess, Patient, Relation
from patients.standing import Standing, held_by, restricted_charts, standing

CLASSES = {
    "name": "the name and alerts", "identity": "legal name, birth date and numbers", "contact": "address and telephone",
    "safety": "allergies and flags", "coverage": "coverage and payment", "intake": "the interview and screenings",
    "assessment": "diagnoses, assessments and notes", "packet": "the physician’s packet", "plan": "the care plan",
    "option": "treatment options", "referral": "referrals", "activity": "activities and attendance",
    "appointment": "appointments", "reminder": "reminders", "document": "documents and photos", "consent": "consents",
    "counseling": "SUD counseling notes", "disclosure": "disclosures", "restricted": "the restriction of the chart",
    "handoff": "next steps, hand-offs and tasks",
}  # fmt: skip
ACTIONS = {
    "view": "read {}", "edit": "change {}", "status": "know the state of {}", "approve": "approve {}",
    "own": "write {}, and read what one wrote", "submit": "send {} to the clerk", "file": "file {}",
    "override": "set a rule of {} aside", "extract": "read the extract of {}",
}  # fmt: skip
SCOPES = {
    Scope.FACILITY: "for everybody of the facility",
    Scope.ASSIGNED: "for people one has a relation with",
    Scope.REQUEST: "with a request in hand",
}


@dataclass(frozen=True)
class Check:
    """One rule with its answer: True lets through, False stops, None does not matter here."""

    rule: str
    passes: bool | None
    words: str


@dataclass(frozen=True)
class Explanation:
    allowed: bool
    verdict: str
    checks: list[Check]


def what(perm: Perm) -> str:
    """`plan.view` as `read the care plan`."""
    name, action = perm.value.rsplit(".", 1)
    return ACTIONS[action].format(CLASSES.get(name, name))


def roles_that_may(perm: Perm) -> list[str]:
    return [role.label for role in Role if scope_of(role, perm)]


def refusal(user: User, error: NotPermitted) -> str:
    """The rule behind a 403, as a sentence to the person who got it."""
    if error.rule == "restricted":
        return "This chart opens only with a reason, for everybody."
    mine = [Role(row.role) for row in live_memberships(user)]
    if any(scope_of(role, error.perm) for role in mine):
        found = standing(user, error.patient)
        if found.relations == {Relation.HANDOFF}:
            return f"Accept the hand-over first: until then you may read, but not {what(error.perm)}."
        return f"Your role may {what(error.perm)} only for people you have a relation with, or a request in hand."
    labels = " and ".join(sorted({role.label.lower() for role in mine})) or "nobody"
    others = ", ".join(label.lower() for label in roles_that_may(error.perm)) or "no role"
    return f"As {labels} you may not {what(error.perm)}. This is for: {others}."


def explain(user: User, patient: Patient, perm: Perm) -> Explanation:
    """Each rule between this person and this patient, for who may read the audit log. Few queries, no log line."""
    found = standing(user, patient)
    places = set(patient.facilities.filter(ends_at__isnull=True).values_list("facility_id", flat=True))
    here = [row for row in live_memberships(user) if row.facility_id in places]
    checks = [
        _account(user),
        _membership(user, places),
        _role(here, perm),
        _relation(here, found, perm),
        _restriction(patient, found),
        _glass(user, patient, found, perm),
        _merge(patient),
        _consent(perm),
    ]
    allowed = perm in found.held and patient.merged_into_id is None
    if not allowed:
        stops = next((check.rule.lower() for check in checks if check.passes is False), "role")
        return Explanation(False, f"No: {stops}", checks)
    by_glass = found.glass and perm not in _without_glass(here, found)
    replaced = [replace(check, passes=None) if check.passes is False else check for check in checks]
    return Explanation(True, "Yes, by break-glass" if by_glass else "Yes", replaced)


def _account(user: User) -> Check:
    words = "The account is open." if user.is_active else "The account is closed."
    return Check("Account", user.is_active, words)


def _membership(user: User, places: set[int]) -> Check:
    rows = live_memberships(user)
    here = [f"{Role(row.role).label} at {row.facility}" for row in rows if row.facility_id in places]
    if here:
        return Check("Facility", True, f"Works where the patient belongs: {'; '.join(here)}.")
    return Check("Facility", False, "Holds no role now at a facility where the patient belongs.")


def _role(here: list[Membership], perm: Perm) -> Check:
    scopes = [f"{Role(row.role).label}: {SCOPES[scope]}" for row in here if (scope := scope_of(row.role, perm))]
    if scopes:
        return Check("Role", True, f"May {what(perm)} as {'; '.join(scopes)}.")
    if any(perm in BREAK_GLASS.get(Role(row.role), ()) for row in here):
        return Check("Role", None, f"May {what(perm)} by breaking the glass alone.")
    allowed = ", ".join(roles_that_may(perm)) or "no role"
    return Check("Role", False, f"No role held there may {what(perm)}. Roles that may: {allowed}.")


def _relation(here: list[Membership], found: Standing, perm: Perm) -> Check:
    named = ", ".join(Relation(name).label.lower() for name in sorted(found.relations))
    if any(perm in held_by(row.role, set()) for row in here):
        return Check("Relation", True, f"None is needed{f'; there is: {named}' if named else ''}.")
    if any(perm in held_by(row.role, set(found.relations)) for row in here):
        return Check("Relation", True, f"There is: {named}.")
    if named:
        return Check("Relation", False, f"There is {named}, which does not carry this.")
    return Check("Relation", False, "Neither care team, hand-off, booking, plan, program nor request.")


def _restriction(patient: Patient, found: Standing) -> Check:
    if not restricted_charts().filter(patient=patient).exists():
        return Check("Restriction", True, "The chart is not restricted.")
    if found.asks:
        return Check("Restriction", False, "The chart is restricted: everybody gives a reason first.")
    if found.glass:
        return Check("Restriction", True, "The chart is restricted, and this person has given a reason.")
    return Check("Restriction", None, "The chart is restricted: who could open it gives a reason first.")


def _glass(user: User, patient: Patient, found: Standing, perm: Perm) -> Check:
    if found.glass:
        until = when_label(found.glass.until, timezone.get_current_timezone())
        covers = "and covers this" if perm in found.held else "and does not reach this"
        return Check("Break-glass", perm in found.held, f"In force until {until}, {covers}.")
    last = EmergencyAccess.objects.filter(user=user, patient=patient).order_by("-starts_at").first()
    if last:
        ended = when_label(last.ended_at or last.until, timezone.get_current_timezone())
        return Check("Break-glass", None, f"The last one ended {ended}.")
    return Check("Break-glass", None, "Never.")


def _merge(patient: Patient) -> Check:
    if patient.merged_into_id:
        return Check("Merge", False, "This record was merged into another: that one is asked instead.")
    return Check("Merge", None, "The record stands by itself.")


def _consent(perm: Perm) -> Check:
    if perm.value.startswith("counseling."):
        return Check("Consent", None, "Counseling notes are read by their author alone, whatever the role.")
    return Check("Consent", None, "Not asked inside the facility; every disclosure outside it asks for one.")


def _without_glass(here: list[Membership], found: Standing) -> set[Perm]:
    """What the person would hold without the emergency access, were the chart not restricted."""
    return {perm for row in here for perm in held_by(row.role, set(found.relations))}
