"""A patient's consents on one page: what may go to whom, for what, until when, and why."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.models import Facility
from accounts.roles import DataClass
from core.labels import day_label, when_label
from core.times import today
from patients.models import Patient
from patients.selectors.restrictions import restrictions_asked
from records.models import Consent, Purpose
from records.selectors.consents import care_ended_after, ended_at, is_over
from records.words import CARE_ENDS

Status = Consent.Status
Row = dict[str, Any]
SOON_DAYS = 30


def consent_rows(patient: Patient, facility: Facility) -> dict[str, list[Row]]:
    """The consents here as `in_force`, `drafts` and `past`, newest first. Three queries, however many there are."""
    rows = list(_consents(patient, facility))
    by_care = care_ended_after(patient, rows)
    base = reverse("records:consent_list", args=[patient.uuid])
    found: dict[str, list[Row]] = {"in_force": [], "drafts": [], "past": []}
    for row in rows:
        found[_group(row, by_care.get(row.pk))].append(_row(row, facility, base, by_care.get(row.pk)))
    return found


def restriction_rows(patient: Patient, facility: Facility) -> list[Row]:
    """What the patient asked us not to disclose, ready to print. One query."""
    return [
        {
            "restriction": row,
            "what": ", ".join(DataClass(name).label for name in row.data_classes) or "Everything",
            "whom": row.recipient_name
            or ("The health plan" if row.kind == row.Kind.HEALTH_PLAN else "Anybody outside"),
            "tone": RESTRICTION_TONES[row.status],
            "label": row.get_status_display(),
            "is_open": row.status == row.Status.REQUESTED,
            "is_active": row.status == row.Status.ACTIVE,
        }
        for row in restrictions_asked(patient, facility)
    ]


RESTRICTION_TONES = {"requested": "warning", "active": "success", "rejected": "neutral", "ended": "neutral"}


def consent_facts(consent: Consent) -> Row:
    """One consent, ready to print."""
    event = ended_at(consent)
    base = reverse("records:consent_list", args=[consent.patient.uuid])
    return _row(consent, consent.facility, base, event)


def until_words(consent: Consent) -> str:
    """When it ends by itself, in words."""
    if consent.expiry == Consent.Expiry.DATE and consent.expires_on:
        return f"until the end of {day_label(consent.expires_on, today(consent.facility.tz))}"
    if consent.expiry == Consent.Expiry.EVENT:
        event = CARE_ENDS["en"] if consent.ends_with_care else consent.expiry_event
        return f"until: {event}" if event else "until an event not said yet"
    return "until it is taken back" if consent.expiry == Consent.Expiry.NONE else "until a day not said yet"


def _consents(patient: Patient, facility: Facility) -> Any:
    rows = Consent.objects.filter(patient__in=patient.same_person, facility=facility).exclude(
        status=Status.ENTERED_IN_ERROR
    )
    rows = rows.select_related("form", "facility", "signature", "author").prefetch_related("recipients")
    return rows.order_by("-activated_at", "-pk")


def _group(row: Consent, care_ended: datetime | None) -> str:
    if row.status == Status.DRAFT:
        return "drafts"
    return "in_force" if row.status == Status.ACTIVE and not is_over(row, care_ended) else "past"


def _row(row: Consent, facility: Facility, base: str, care_ended: datetime | None) -> Row:
    label, tone = _state(row, care_ended)
    return {
        "consent": row,
        "url": f"{base}{row.uuid}/{'edit/' if row.status == Status.DRAFT else ''}",
        "kind": row.get_category_display(),
        "what": [DataClass(name).label for name in row.data_classes],
        "whom": [recipient.name for recipient in row.recipients.all()],
        "purposes": [Purpose(name).label for name in row.purposes],
        "until": until_words(row),
        "form": str(row.form) if row.form else "",
        "label": label,
        "tone": tone,
        "ends_soon": tone == "warning" and row.status == Status.ACTIVE,
        "care_ended": care_ended,
    }


def _state(row: Consent, care_ended: datetime | None) -> tuple[str, str]:
    if row.status == Status.DRAFT:
        return "Draft", "neutral"
    if row.status == Status.REJECTED:
        return "Declined", "neutral"
    if row.revoked_at:
        return ("Replaced by a later one", "neutral") if row.revoked_via == "replaced" else ("Taken back", "danger")
    if row.status != Status.ACTIVE or is_over(row, care_ended):
        return "Expired", "neutral"
    return ("Ends soon", "warning") if _ends_soon(row) else ("In force", "success")


def _ends_soon(row: Consent) -> bool:
    return row.expires_on is not None and (row.expires_on - today(row.facility.tz)).days <= SOON_DAYS


def history_of(consent: Consent) -> list[Row]:
    """What became of it, newest first, with who did it: for `_ui/timeline.html`."""
    rows = consent.history.select_related("history_user").order_by("history_date", "history_id")
    events: list[Row] = []
    before = ""
    for row in rows:
        if row.status != before:
            title, icon, tone = HISTORY[Status(row.status)]
            who = str(row.history_user) if row.history_user else "The patient, by the link"
            if row.status == Status.INACTIVE and row.revoked_at is None:
                title = "Ended"
            when = when_label(row.history_date, consent.facility.tz)
            events.append(
                {
                    "when": when,
                    "iso": row.history_date.isoformat(),
                    "icon": icon,
                    "tone": tone,
                    "title": title,
                    "who": who,
                }
            )
        before = row.status
    return events[::-1]


HISTORY = {
    Status.DRAFT: ("Composed", "pen-line", "neutral"),
    Status.ACTIVE: ("Signed", "signature", "success"),
    Status.REJECTED: ("Declined", "x", "neutral"),
    Status.INACTIVE: ("Taken back", "ban", "danger"),
    Status.ENTERED_IN_ERROR: ("Put away as entered in error", "trash-2", "neutral"),
}
