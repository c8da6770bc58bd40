"""How the person came, what was attended, when the visits are, and what was agreed to."""

from activities.models import Attendance
from chart.selectors.packets.span import Entry, Span, facts
from core.labels import when_label
from intake.models import Referral
from records.models import Consent
from scheduling.models import Appointment


def referrals(span: Span) -> list[Entry]:
    rows = Referral.objects.filter(span.of_moments("received_at"), patient=span.patient, facility=span.facility)
    return [
        Entry(
            f"Referral from {row.partner or row.get_source_display().lower()}",
            facts(("Referrer", row.referrer_name), ("Reason", row.reason), ("State", row.get_status_display())),
            span.day(row.received_at),
        )
        for row in rows.select_related("partner").order_by("received_at", "pk")
    ]


def activities(span: Span) -> list[Entry]:
    """Attendance with the person's own signed line; never what stands about the group."""
    rows = Attendance.objects.filter(
        span.of_moments("session__appointment__starts_at"), patient__in=span.patient.same_person,
        session__program__facility=span.facility,
    ).exclude(status=Attendance.Status.EXPECTED)  # fmt: skip
    rows = rows.select_related("session__program", "session__appointment", "note")
    return [
        Entry(row.session.program.name, _attendance(row), span.day(row.session.appointment.starts_at))
        for row in rows.order_by("session__appointment__starts_at", "pk")
    ]


def appointments(span: Span) -> list[Entry]:
    rows = Appointment.objects.filter(span.of_moments("starts_at"), patient=span.patient, facility=span.facility)
    tz = span.facility.tz
    return [
        Entry(
            row.type.name,
            facts(
                ("When", when_label(row.starts_at, tz)), ("With", row.practitioner), ("State", row.get_status_display())
            ),
            span.day(row.starts_at),
        )
        for row in rows.select_related("type", "practitioner").order_by("starts_at", "pk")
    ]


def consents(span: Span) -> list[Entry]:
    """Consents to disclose that were signed, with what became of them."""
    rows = Consent.objects.filter(
        span.of_moments("activated_at"), patient__in=span.patient.same_person, facility=span.facility,
        activated_at__isnull=False,
    )  # fmt: skip
    return [
        Entry(
            row.get_category_display(),
            facts(("What", row.description), ("State", row.get_status_display()), ("Last day", row.expires_on)),
            span.day(row.activated_at),
        )
        for row in rows.exclude(status=Consent.Status.ENTERED_IN_ERROR).order_by("activated_at", "pk")
        if row.activated_at
    ]


def _attendance(row: Attendance) -> str:
    note = getattr(row, "note", None)
    signed = note.text if note and note.signed_at else ""
    return facts(("Attendance", row.get_status_display()), ("Minutes", row.minutes), ("Note", signed))
