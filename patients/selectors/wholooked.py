"""Who looked at a person's record, in words for that person."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Count, Max, Min
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AccessEvent, Facility, Membership, User
from accounts.roles import Role
from core.times import day_of
from patients.models import Patient

Row = dict[str, Any]

# The first half of a permission or a data class → what it is called towards the person.
SUBJECTS = {
    "name": gettext_lazy("name and alerts"),
    "identity": gettext_lazy("name, birth date and numbers"),
    "contact": gettext_lazy("address and telephone"),
    "safety": gettext_lazy("allergies and alerts"),
    "coverage": gettext_lazy("insurance and payment"),
    "intake": gettext_lazy("intake interview and questionnaires"),
    "assessment": gettext_lazy("diagnoses and notes"),
    "packet": gettext_lazy("the physician’s assessment"),
    "plan": gettext_lazy("care plan"),
    "option": gettext_lazy("treatment options"),
    "referral": gettext_lazy("referrals"),
    "activity": gettext_lazy("activities and attendance"),
    "appointment": gettext_lazy("appointments"),
    "reminder": gettext_lazy("reminders"),
    "document": gettext_lazy("documents and photos"),
    "consent": gettext_lazy("consents and restrictions"),
    "counseling": gettext_lazy("counseling notes"),
    "disclosure": gettext_lazy("what was disclosed"),
    "audit": gettext_lazy("this list"),
    "handoff": gettext_lazy("who is responsible for the next step"),
}
DEEDS = {
    "print": gettext_lazy("printed"),
    "export": gettext_lazy("exported"),
    "disclose": gettext_lazy("sent outside"),
    "emergency": gettext_lazy("opened in an emergency"),
}
UNTOLD = {"restricted"}  # that a chart is restricted is hidden, and so is who looked whether it is


@dataclass
class Look:
    """All that one person did with the record."""

    times: int = 0
    first: datetime = datetime.max.replace(tzinfo=UTC)
    last: datetime = datetime.min.replace(tzinfo=UTC)
    subjects: set[str] = field(default_factory=set)
    deeds: set[str] = field(default_factory=set)

    def add(self, row: Row) -> None:
        self.times += row["number"]
        self.first, self.last = min(self.first, row["first"]), max(self.last, row["last"])
        self.subjects.add(row["data_class"].split(".")[0])
        self.deeds.add(row["action"])


def looks(patient: Patient, facility: Facility) -> list[Row]:
    """One row for each person who read, printed or sent from the record, the latest first. Three queries.

    Of a record that was merged, the lines of both. Attempts that were refused showed nothing and are left out.
    """
    ids = [patient.pk, *patient.merged.values_list("pk", flat=True)]
    rows = AccessEvent.objects.filter(patient_id__in=ids, outcome=AccessEvent.Outcome.ALLOWED, user_id__isnull=False)
    counted: Any = rows.order_by().values("user_id", "action", "data_class")
    by_user: dict[int, Look] = defaultdict(Look)
    for row in counted.annotate(number=Count("pk"), first=Min("at"), last=Max("at")):
        if row["data_class"].split(".")[0] not in UNTOLD:
            by_user[row["user_id"]].add(row)
    people, roles = User.objects.in_bulk(by_user), _roles(list(by_user))
    ordered = sorted(by_user.items(), key=lambda item: item[1].last, reverse=True)
    return [_row(people.get(pk), roles[pk], look, facility) for pk, look in ordered]


def _roles(user_ids: list[int]) -> dict[int, list[Membership]]:
    found: dict[int, list[Membership]] = defaultdict(list)
    for row in Membership.objects.filter(user_id__in=user_ids).order_by("starts_at"):
        found[row.user_id].append(row)
    return found


def _row(user: User | None, memberships: list[Membership], look: Look, facility: Facility) -> Row:
    first, last = day_of(look.first, facility.tz), day_of(look.last, facility.tz)
    subjects = sorted(str(SUBJECTS[subject]) for subject in look.subjects if subject in SUBJECTS)
    return {
        "who": str(user) if user else _("Somebody who no longer works here"),
        "roles": ", ".join(dict.fromkeys(_role_words(row) for row in memberships if _overlaps(row, look))),
        "times": look.times,
        "first": first,
        "last": last,
        "dates": _dates(first, last),
        "subjects": "; ".join(subjects) or _("the record"),
        "deeds": ", ".join(str(DEEDS[deed]) for deed in sorted(look.deeds) if deed in DEEDS),
    }


def _overlaps(row: Membership, look: Look) -> bool:
    """Whether the role was held while the record was looked at."""
    return row.starts_at <= look.last and (row.ends_at is None or row.ends_at >= look.first)


def _role_words(row: Membership) -> str:
    return str(Role(row.role).label)


def _dates(first: date, last: date) -> str:
    return f"{first:%m/%d/%Y}" if first == last else f"{first:%m/%d/%Y} – {last:%m/%d/%Y}"
