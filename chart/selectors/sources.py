"""What the timeline is made of: each kind of event, who may see it, its rows and its words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from accounts.roles import Perm, Role
from activities.models import Attendance
from careplans.models import Assessment, CarePlan, PlanPresentation
from chart.links import address, row_address
from core.labels import when_label
from episodes.models import EpisodeStep, Handoff
from intake.models import Referral, Screening
from patients.models import Encounter, Note, Patient
from records.models import Basis, ChannelConsent, Consent, Disclosure, Document
from records.selectors import readable_documents
from records.selectors.disclosures import BASIS_TONES, basis_label, classes_label, purpose_label, readable_disclosures
from scheduling.models import Appointment, Reminder

Links = Callable[[UUID], str | None]
Held = frozenset[Perm]
Event = dict[str, Any]


@dataclass(frozen=True)
class Source:
    """A kind of event. `at` is the column that dates it; one of `perms` is enough to see it."""

    kind: str
    label: str
    icon: str
    perms: frozenset[Perm]
    at: str
    rows: Callable[[Patient, User], QuerySet[Any]]
    event: Callable[[Any, Links, Held], Event]
    page: str = ""  # of one row, or of the patient if `of_row` is false
    of_row: bool = True

    def links(self, patient: Patient) -> Links:
        if not self.page:
            return lambda _uuid: None
        if self.of_row:
            return row_address(self.page, patient)
        there = address(self.page, patient.uuid)
        return lambda _uuid: there


STATUS_TONES = {
    "booked": "info", "arrived": "success", "checked-in": "success", "fulfilled": "success", "noshow": "danger",
    "cancelled": "neutral", "accepted": "success", "rejected": "danger", "requested": "warning", "active": "success",
    "received": "warning", "inactive": "neutral", "present": "success", "late": "success", "left-early": "success",
    "refused": "warning", "absent": "danger", "sent": "success", "failed": "danger", "in-doubt": "warning",
}  # fmt: skip


def _tone(status: str) -> str:
    return STATUS_TONES.get(status, "neutral")


def _appointments(patient: Patient, user: User) -> QuerySet[Appointment]:
    return Appointment.objects.filter(patient=patient).select_related("type", "practitioner")


def _appointment(row: Appointment, to: Links, held: Held) -> Event:
    event: Event = {"title": "Appointment", "badge": row.get_status_display(), "badge_tone": _tone(row.status)}
    if Perm.APPOINTMENT_VIEW in held:
        who = str(row.practitioner) if row.practitioner else ""
        event |= {"title": row.type.name, "who": who, "url": to(row.uuid), "tone": "info"}
    return event


def _attendances(patient: Patient, user: User) -> QuerySet[Attendance]:
    rows = Attendance.objects.filter(patient__in=patient.same_person).exclude(status=Attendance.Status.EXPECTED)
    return rows.select_related("session__program", "note", "recorded_by")


def _attendance(row: Attendance, to: Links, held: Held) -> Event:
    note = getattr(row, "note", None)
    return {
        "title": row.session.program.name,
        "badge": row.get_status_display(),
        "badge_tone": _tone(row.status),
        "text": note.text if note and note.signed_at else "",
        "who": str(row.recorded_by) if row.recorded_by else "",
        "url": to(row.uuid),
        "tone": "primary",
    }


def _notes(patient: Patient, user: User) -> QuerySet[Note]:
    mine_or_signed = Q(signed_at__isnull=False) | Q(author=user)
    return Note.objects.filter(mine_or_signed, patient=patient).select_related("author")


def _note(row: Note, to: Links, held: Held) -> Event:
    event = {"title": row.get_kind_display(), "who": str(row.author), "url": to(row.uuid), "text": row.text}
    if row.entered_in_error:
        return event | {"badge": "Entered in error", "badge_tone": "danger", "text": ""}
    return event if row.signed_at else event | {"badge": "Draft, only you see it", "badge_tone": "neutral"}


def _plans(patient: Patient, user: User) -> QuerySet[Any]:
    """The first history row of each shared edition."""
    shared = CarePlan.history.filter(patient=patient, edition__gte=1).order_by()
    first = shared.values("id", "edition").annotate(first=Min("history_id")).values("first")
    return CarePlan.history.filter(history_id__in=first).select_related("history_user")


def _plan(row: Any, to: Links, held: Held) -> Event:
    who = str(row.history_user) if row.history_user else ""
    return {"title": f"Care plan shared, edition {row.edition}", "who": who, "url": to(row.uuid), "tone": "success"}


def _assessments(patient: Patient, user: User) -> QuerySet[Assessment]:
    sent = Assessment.objects.filter(patient=patient, status=Assessment.Status.COMPLETED)
    return sent.select_related("author").defer("findings", "precautions")


def _assessment(row: Assessment, to: Links, held: Held) -> Event:
    return {"title": "Physician's assessment sent", "who": str(row.author), "url": to(row.uuid), "tone": "success"}


def _presentations(patient: Patient, user: User) -> QuerySet[PlanPresentation]:
    return PlanPresentation.objects.filter(patient=patient).select_related("presented_by", "accepted")


def _presentation(row: PlanPresentation, to: Links, held: Held) -> Event:
    badge, tone = ("Accepted", "success") if row.accepted else ("Undecided", "warning")
    if row.declined_all_at:
        badge, tone = "Declined", "danger"
    text = f"Chosen: {row.accepted.title}" if row.accepted else ""
    event = {"title": "Treatment options presented", "badge": badge, "badge_tone": tone, "text": text}
    return event | {"who": str(row.presented_by), "url": to(row.uuid)}


def _documents(patient: Patient, user: User) -> QuerySet[Document]:
    return readable_documents(user, patient).order_by().select_related("author").defer("text")


def _document(row: Document, to: Links, held: Held) -> Event:
    event = {"title": row.title, "who": row.written_by, "url": to(row.uuid)}
    old = row.status != Document.Status.CURRENT
    return event | ({"badge": row.get_status_display(), "badge_tone": "neutral"} if old else {})


def _handoffs(patient: Patient, user: User) -> QuerySet[Handoff]:
    return Handoff.objects.filter(patient=patient).select_related("from_user")


def _handoff(row: Handoff, to: Links, held: Held) -> Event:
    return {
        "title": f"Handed from {Role(row.from_role).label.lower()} to {Role(row.to_role).label.lower()}",
        "badge": row.get_status_display(),
        "badge_tone": _tone(row.status),
        "text": f"Next step: {row.next_step}",
        "who": str(row.from_user),
        "url": to(row.uuid),
        "tone": "warning",
    }


def _steps(patient: Patient, user: User) -> QuerySet[EpisodeStep]:
    return EpisodeStep.objects.filter(episode__patient=patient, withdrawn_at__isnull=True).select_related("by")


def _step(row: EpisodeStep, to: Links, held: Held) -> Event:
    return {"title": row.get_kind_display(), "who": str(row.by) if row.by else "", "tone": "success"}


def _screenings(patient: Patient, user: User) -> QuerySet[Screening]:
    done = Screening.objects.filter(patient=patient).exclude(status=Screening.Status.IN_PROGRESS)
    return done.select_related("by")


def _screening(row: Screening, to: Links, held: Held) -> Event:
    event: Event = {"title": f"Screening {row.instrument.upper()}", "text": f"Score {row.score}: {row.band}"}
    event |= {"who": str(row.by), "url": to(row.uuid)}
    positive = {"badge": "Safety item positive", "badge_tone": "danger", "tone": "danger"}
    return event | (positive if row.safety_positive else {})


def _referrals(patient: Patient, user: User) -> QuerySet[Referral]:
    return Referral.objects.filter(patient=patient).select_related("partner")


def _referral(row: Referral, to: Links, held: Held) -> Event:
    event = {"title": f"Referral from {row.partner or row.get_source_display().lower()}", "url": to(row.uuid)}
    return event | {"badge": row.get_status_display(), "badge_tone": _tone(row.status)}


def _consents(patient: Patient, user: User) -> QuerySet[Consent]:
    signed = (Consent.Status.ACTIVE, Consent.Status.INACTIVE)
    return Consent.objects.filter(patient__in=patient.same_person, status__in=signed)


def _consent(row: Consent, to: Links, held: Held) -> Event:
    event = {"title": f"Consent signed: {row.get_category_display()}", "url": to(row.uuid)}
    return event | {"badge": row.get_status_display(), "badge_tone": _tone(row.status)}


def _channels(patient: Patient, user: User) -> QuerySet[ChannelConsent]:
    return ChannelConsent.objects.filter(patient=patient).exclude(status=ChannelConsent.Status.DRAFT)


def _channel(row: ChannelConsent, to: Links, held: Held) -> Event:
    event = {"title": row.get_category_display(), "url": to(row.uuid), "text": row.get_detail_display()}
    return event | {"badge": row.get_status_display(), "badge_tone": _tone(row.status)}


def _reminders(patient: Patient, user: User) -> QuerySet[Reminder]:
    over = (Reminder.Status.SENT, Reminder.Status.SKIPPED, Reminder.Status.FAILED, Reminder.Status.IN_DOUBT)
    return Reminder.objects.filter(appointment__patient=patient, status__in=over)


def _reminder(row: Reminder, to: Links, held: Held) -> Event:
    return {"title": "Reminder by e-mail", "badge": row.get_status_display(), "badge_tone": _tone(row.status)}


def _disclosures(patient: Patient, user: User) -> QuerySet[Disclosure]:
    told = ("emergency", "notice", "description", "recipient_address", "authority")
    return readable_disclosures(user, patient).select_related("by").defer(*told)


def _disclosure(row: Disclosure, to: Links, held: Held) -> Event:
    """What kinds of record, to whom, for what; the rest is on its own page."""
    text = f"{classes_label(row.data_classes)}. For: {purpose_label(row)}"
    event = {"title": f"Disclosed to {row.recipient_name}", "text": text, "url": to(row.uuid), "tone": "warning"}
    badge, tone = basis_label(row.basis), str(BASIS_TONES.get(Basis(row.basis), "info"))
    if row.corrects_id:
        badge, tone = ("Correction", "neutral") if row.sent else ("Correction: it never left", "neutral")
    return event | {"who": str(row.by) if row.by else "", "badge": badge, "badge_tone": tone}


CLASSES = {
    "AMB": "Outpatient", "EMER": "Emergency", "HH": "At home", "IMP": "Inpatient", "OBSENC": "Observation",
    "SS": "Short stay", "VR": "By telephone or video",
}  # fmt: skip


def _encounters(patient: Patient, user: User) -> QuerySet[Encounter]:
    """Dated by their beginning; where another system does not tell it, by the day on which we learned of them."""
    return Encounter.objects.filter(patient=patient).annotate(known_at=Coalesce("starts_at", "created_at"))


def _encounter(row: Encounter, to: Links, held: Held) -> Event:
    zone = timezone.get_current_timezone()
    event: Event = {"title": row.type_display or "Contact", "who": "Known from another system"}
    event["text"] = f"Until {when_label(row.ends_at, zone)}" if row.ends_at else ""
    if row.starts_at is None:
        event["text"] = " ".join(part for part in ("Day not known.", event["text"]) if part)
    return event | {"badge": CLASSES.get(row.class_code, row.class_code), "badge_tone": "neutral"}


def _any(*perms: Perm) -> frozenset[Perm]:
    return frozenset(perms)


P = Perm
SOURCES = (
    Source("appointment", "Appointments", "calendar", _any(P.APPOINTMENT_VIEW, P.APPOINTMENT_STATUS), "starts_at",
           _appointments, _appointment, "scheduling:appointment_detail"),
    Source("attendance", "Activities", "palette", _any(P.ACTIVITY_VIEW), "session__appointment__starts_at",
           _attendances, _attendance, "activities:patient_activity", of_row=False),
    Source("note", "Notes", "notebook-pen", _any(P.ASSESSMENT_VIEW), "created_at",
           _notes, _note, "patients:note_list", of_row=False),
    Source("encounter", "Past contacts", "history", _any(P.ASSESSMENT_VIEW), "known_at", _encounters, _encounter),
    Source("plan", "Care plan", "list-checks", _any(P.PLAN_VIEW), "history_date",
           _plans, _plan, "careplans:plan_detail", of_row=False),
    Source("assessment", "Assessments", "stethoscope", _any(P.PACKET_VIEW), "completed_at",
           _assessments, _assessment, "careplans:assessment_detail"),
    Source("presentation", "Options", "split", _any(P.OPTION_VIEW), "presented_at",
           _presentations, _presentation, "careplans:option_list", of_row=False),
    Source("document", "Documents", "file-text", _any(P.DOCUMENT_VIEW, P.DOCUMENT_OWN), "created_at",
           _documents, _document, "records:document_detail"),
    Source("handoff", "Hand-offs", "arrow-right-left", _any(P.HANDOFF_VIEW), "sent_at",
           _handoffs, _handoff, "episodes:handoff_detail"),
    Source("step", "Path", "flag", _any(P.HANDOFF_VIEW), "reached_at", _steps, _step),
    Source("screening", "Screenings", "clipboard-list", _any(P.INTAKE_VIEW), "completed_at",
           _screenings, _screening, "intake:screening_detail"),
    Source("referral", "Referrals", "inbox", _any(P.REFERRAL_VIEW), "received_at",
           _referrals, _referral, "intake:referral_detail"),
    Source("consent", "Consents", "shield-check", _any(P.CONSENT_VIEW), "activated_at",
           _consents, _consent, "records:consent_detail"),
    Source("channel", "Reminder choices", "mail-check", _any(P.CONSENT_VIEW), "starts_at",
           _channels, _channel, "records:channel_detail", of_row=False),
    Source("disclosure", "Disclosures", "send", _any(P.DISCLOSURE_VIEW, P.DISCLOSURE_OWN), "at",
           _disclosures, _disclosure, "records:disclosure_detail"),
    Source("reminder", "Reminders", "mail", _any(P.REMINDER_STATUS), "changed_at", _reminders, _reminder),
)  # fmt: skip
