"""What the screens about people and their access show."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import access
from accounts.models import AccessEvent, Facility, Membership, User
from accounts.roles import Perm, Role
from core.labels import when_label

LOCK_AFTER = 5
LOCK_FOR = timedelta(minutes=15)
FAILED = ("password", "second-factor")
PROVEN = "password-reset"  # whoever reads the account's mail may begin to count anew
DEMO_PEOPLE_PER_ROLE = 2
OWN_LINES_SHOWN = 200


def sign_in_key(email: str) -> str:
    """What the read log calls an address that signs in: the same each time, and not to be read back."""
    return "sign-in:" + salted_hmac("accounts.sign_in", email.strip().lower()).hexdigest()[:40]


def user_by_email(email: str) -> User | None:
    return User.objects.filter(email__iexact=email.strip()).first()


def is_locked_out(email: str) -> bool:
    """Whether the address failed five times in 15 minutes, with either factor, since it last got in.

    Kept in PostgreSQL, so that it holds without Redis; and for addresses without an account too, so that the
    answer does not tell which there are.
    """
    user = user_by_email(email)
    events = AccessEvent.objects.filter(target=sign_in_key(email), at__gt=timezone.now() - LOCK_FOR)
    events = events.filter(user_id=user.pk) if user else events.filter(user_id__isnull=True)
    failures = 0
    for action, code in events.order_by("-at", "-pk").values_list("action", "code")[:50]:
        if action == AccessEvent.Action.SIGN_IN or code == PROVEN:
            break
        failures += code in FAILED
    return failures >= LOCK_AFTER


def demo_people() -> list[dict[str, Any]]:
    """One or two people of each role who work at a demo facility, in the order of the roles. One query."""
    by_role: dict[str, dict[int, User]] = defaultdict(dict)
    for row in _demo_memberships():
        if len(by_role[row.role]) < DEMO_PEOPLE_PER_ROLE:
            by_role[row.role][row.user_id] = row.user
    return [
        {"role": role.label, "role_code": role.value, "name": str(user), "email": user.email, "pk": user.pk}
        for role in Role
        for user in by_role[role].values()
    ]


def demo_person(pk: str) -> User:
    """One of the people the demo's sign-in page lists. Raises Http404 for everybody else."""
    listed = {str(person["pk"]) for person in demo_people()}
    if pk not in listed:
        raise Http404
    return User.objects.get(pk=pk)


def _demo_memberships() -> Any:
    rows = Membership.objects.live().filter(facility__is_demo=True).select_related("user")
    return rows.order_by("facility_id", "pk")


def own_facility(user: User, uuid: str) -> Facility:
    """A facility where the person works now. Raises Http404 for any other."""
    found = next((facility for facility in access.facilities(user) if str(facility.uuid) == uuid), None)
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class Place:
    """A facility with the roles the person has, or had, there."""

    name: str
    roles: list[dict[str, Any]]


def places(user: User) -> list[Place]:
    """Where the person works and worked, by facility; what is in force comes first. One query."""
    now = timezone.now()
    by_name: dict[str, list[dict[str, Any]]] = defaultdict(list)
    rows = user.memberships.select_related("facility", "covered_by").order_by("facility__name", "-starts_at")
    for row in rows:
        by_name[row.facility.name].append(_role_row(row, now))
    return [Place(name, sorted(roles, key=lambda role: role["tone"] != "success")) for name, roles in by_name.items()]


def _role_row(row: Membership, now: datetime) -> dict[str, Any]:
    ended = row.ends_at is not None and row.ends_at <= now
    status, tone = ("Ended", "neutral") if ended else ("In force", "success")
    if row.starts_at > now:
        status, tone = "Begins later", "info"
    zone = row.facility.tz
    return {
        "role": row.get_role_display(),
        "since": row.starts_at.astimezone(zone).date(),
        "until": row.ends_at.astimezone(zone).date() if row.ends_at else None,
        "cover": str(row.covered_by) if row.covered_by else "",
        "status": status,
        "tone": tone,
    }


def own_lines(user: User) -> list[AccessEvent]:
    """The newest 200 lines of the person's own read log, newest first. One query."""
    return list(AccessEvent.objects.filter(user_id=user.pk).order_by("-at", "-pk")[:OWN_LINES_SHOWN])


def line_row(event: AccessEvent, tz: tzinfo | None) -> dict[str, Any]:
    """A line as the page prints it: what and when, never of whom."""
    denied = event.outcome == AccessEvent.Outcome.DENIED
    return {
        "when": when_label(event.at, tz),
        "action": event.get_action_display(),
        "what": _words(event),
        "about": "One patient’s record" if event.patient_id else "",
        "outcome": event.get_outcome_display(),
        "tone": "danger" if denied else "success",
        "why": _WHY.get(event.code, event.code if denied else ""),
    }


_WHY = {
    "role": "Your role may not do this",
    "relation": "No relation to that person",
    "idle": "After 15 minutes without a click",
    "expired": "After 12 hours",
    "demo": "From the demonstration’s list",
    "password": "Wrong password",
    "second-factor": "Wrong code",
    "locked": "Too many failed attempts",
    "passkey": "By passkey",
    "second-factor-used": "With a second factor",
    "restricted": "The chart is restricted",
    "break-glass": "Emergency access",
    "begun": "Role begun",
    "ended": "Role ended",
}


_CLASSES = {
    "name": "Name and alerts",
    "safety": "Allergies and flags",
    "packet": "Physician’s packet",
    "plan": "Care plan",
    "option": "Treatment options",
    "handoff": "Hand-offs, tasks and baton",
}


def class_words(data_classes: Iterable[str]) -> str:
    """The kinds of information that permissions or data classes speak of, once each: `Care plan, Identity`."""
    return ", ".join(sorted({_class_word(name) for name in data_classes if name}))


def log_subjects() -> list[tuple[str, str]]:
    """The kinds of information about a patient that the read log speaks of, with their words."""
    names = {perm.split(".")[0] for perm in Perm if perm.about_patients}
    return sorted(((name, _class_word(name)) for name in names), key=lambda pair: pair[1])


def _class_word(data_class: str) -> str:
    name = data_class.split(".")[0]
    return _CLASSES.get(name, name.capitalize())


def _words(event: AccessEvent) -> str:
    """`intake:referral_list` is `Referral list`, `intake.view` is `Intake`."""
    if event.data_class:
        return _class_word(event.data_class)
    if event.target.startswith("sign-in:"):
        return ""
    return event.target.split(":")[-1].replace("_", " ").replace("-", " ").capitalize()
