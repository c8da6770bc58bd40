"""The intake packet: what the patient care coordinator will read, on the screen and as a paper.

Of the coverage only its state is in it: patient care may know that somebody pays, not who (docs/access.md).
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Role
from core.labels import day_label, when_label
from episodes.models import EpisodeOfCare, Handoff
from intake.instruments import INSTRUMENTS
from intake.models import Coverage, IntakeInterview, LevelOfCareDetermination, Screening, SubstanceUse
from intake.selectors.demographics import demographics_of
from intake.selectors.progress import NOTICE, Step, missing_parts
from patients.models import Patient
from records.models import ChannelConsent, Consent, ConsentCategory
from records.selectors import notices_given

NOTHING = "Not recorded"


@dataclass(frozen=True)
class Section:
    """A heading and its lines (label, text); `missing` says in red what is not there."""

    title: str
    lines: list[tuple[str, str]]
    missing: str = ""


@dataclass(frozen=True)
class Packet:
    facility: Facility
    sections: list[Section]
    missing: list[Step]


def packet_of(patient: Patient, episode: EpisodeOfCare) -> Packet:
    """All of it, read at this moment."""
    missing = missing_parts(patient, episode)
    lacking = {step.label: step.missing for step in missing}
    sections = [
        Section("Person", _person(patient, episode), lacking.get("Demographics", "")),
        Section("Referral", _referral(episode)),
        Section("Coverage", _coverage(patient), lacking.get("Coverage", "")),
        Section(NOTICE, _notice(patient, episode), lacking.get(NOTICE, "")),
        Section("Reminder channel", _channel(patient, episode), lacking.get("Reminder channel", "")),
        Section("Interview", _interview(episode), lacking.get("Interview", "")),
        Section("Screenings", _screenings(episode), lacking.get("Screening", "")),
        Section("Level of care", _level(episode), lacking.get("Level of care", "")),
    ]
    return Packet(episode.facility, sections, missing)


def packet_text(packet: Packet) -> str:
    """The packet as plain text with blank lines between sections."""
    parts = [f"INTAKE PACKET\n{packet.facility.name}\n{when_label(timezone.now(), packet.facility.tz)}"]
    for section in packet.sections:
        lines = [f"{label}: {text}" for label, text in section.lines] or [NOTHING]
        parts.append("\n".join([section.title.upper(), *lines]))
    return "\n\n".join(parts)


def latest_determination(episode: EpisodeOfCare) -> LevelOfCareDetermination | None:
    rows = episode.determinations.select_related("recommended", "decided", "decided_by")
    return rows.order_by("-decided_at", "-pk").first()


def open_handoff(episode: EpisodeOfCare) -> Handoff | None:
    """The packet on its way to patient care, unanswered."""
    rows = episode.handoffs.filter(to_role=Role.PATIENT_CARE, status=Handoff.Status.REQUESTED)
    return rows.select_related("to_user", "from_user").first()


def handover_people(facility: Facility) -> QuerySet[User]:
    """The patient care coordinators who work here now."""
    return User.objects.filter(
        pk__in=facility.memberships.live().filter(role=Role.PATIENT_CARE).values("user")
    ).order_by("family_name", "given_name")


def _person(patient: Patient, episode: EpisodeOfCare) -> list[tuple[str, str]]:
    today = timezone.now().astimezone(episode.facility.tz).date()
    contact = demographics_of(patient)
    born = f"{patient.birth_date:%m/%d/%Y}, {patient.age_on(today)} years" if patient.birth_date else ""
    home = ", ".join(
        filter(None, (contact["line"], contact["city"], f"{contact['state']} {contact['postal_code']}".strip()))
    )
    emergency = " · ".join(
        filter(None, (contact["emergency_name"], contact["emergency_relationship"], contact["emergency_phone"]))
    )
    phone = contact["phone"] + (" (leave no message)" if contact["leave_no_message"] else "")
    return _filled(
        ("Name used", patient.name_used),
        ("Legal name", patient.legal_name),
        ("Pronouns", patient.pronouns),
        ("Record number", patient.record_number),
        ("Born", born),
        ("Language", patient.get_language_display() + (", interpreter needed" if patient.interpreter_needed else "")),
        ("Telephone", phone),
        ("E-mail", contact["email"]),
        ("Address", home),
        ("Emergency contact", emergency),
    )


def _referral(episode: EpisodeOfCare) -> list[tuple[str, str]]:
    referral = episode.referrals.select_related("partner").order_by("-received_at").first()
    if referral is None:
        return []
    return _filled(
        ("Received", when_label(referral.received_at, episode.facility.tz)),
        ("Source", referral.get_source_display()),
        ("Partner", str(referral.partner or "")),
        ("Referred by", referral.referrer_name),
        ("Reason", referral.reason),
    )


def _coverage(patient: Patient) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    for row in patient.coverages.exclude(status=Coverage.Status.CANCELLED):
        state = "Self-pay" if row.is_self_pay else row.get_status_display()
        checked = f", checked {row.get_checked_via_display().lower()}" if row.checked_at else ""
        until = f", authorized until {row.authorised_until:%m/%d/%Y}" if row.authorised_until else ""
        lines.append((f"Coverage {len(lines) + 1}", f"{state}{checked}{until}"))
    return lines


def _notice(patient: Patient, episode: EpisodeOfCare) -> list[tuple[str, str]]:
    """That the notice was given, and what came of asking for the consent to treatment, payment and operations."""
    notices = notices_given(patient, episode.facility)
    rows = Consent.objects.filter(patient__in=patient.same_person, facility=episode.facility)
    rows = rows.filter(category=ConsentCategory.TPO)
    answered = rows.exclude(status__in=[Consent.Status.DRAFT, Consent.Status.ENTERED_IN_ERROR]).order_by("-pk").first()
    tz = episode.facility.tz
    given = [f"{when_label(row.given_at, tz)}, {row.get_outcome_display().lower()}" for row in notices[:1]]
    return _filled(
        ("Notice of privacy practices", "".join(given)),
        ("Treatment, payment and operations", answered.get_status_display() if answered else "Not asked yet"),
    )


def _channel(patient: Patient, episode: EpisodeOfCare) -> list[tuple[str, str]]:
    consent = patient.channel_consents.filter(facility=episode.facility).order_by("-starts_at", "-pk").first()
    if consent is None:
        return []
    says = f", {consent.get_detail_display().lower()}" if consent.status == ChannelConsent.Status.ACTIVE else ""
    return [("Reminders by e-mail", f"{consent.get_status_display()}{says}")]


def _interview(episode: EpisodeOfCare) -> list[tuple[str, str]]:
    interview = IntakeInterview.objects.filter(episode=episode).select_related("interviewer").first()
    if interview is None:
        return []
    lines = [(f"Substance {row.rank}", _substance(row)) for row in interview.substances.all()]
    return _filled(
        ("State", interview.get_status_display()),
        ("Interviewer", str(interview.interviewer)),
        ("Presenting concern", interview.presenting_concern),
        *lines,
        ("Prior treatments", _number(interview.prior_treatments)),
        ("Living arrangement", interview.get_living_arrangement_display()),
        ("Employment", interview.get_employment_display()),
        ("Arrests, past 30 days", _number(interview.arrests_30_days)),
        ("Self-help groups, past 30 days", interview.get_self_help_display()),
        ("Health history", interview.health_history),
        ("Medications", interview.medications),
        ("Recovery environment", interview.recovery_environment),
        ("Strengths and wishes", interview.strengths_and_wishes),
    )


def _substance(row: SubstanceUse) -> str:
    first = f"first use at {row.age_first_use}" if row.age_first_use is not None else ""
    parts = (row.get_substance_display(), row.get_route_display(), row.get_frequency_display(), first)
    return ", ".join(filter(None, parts))


def _screenings(episode: EpisodeOfCare) -> list[tuple[str, str]]:
    return [_screening(row, episode) for row in episode.screenings.order_by("instrument", "-completed_at")]


def _screening(row: Screening, episode: EpisodeOfCare) -> tuple[str, str]:
    tool = INSTRUMENTS[row.instrument]
    today = timezone.now().astimezone(episode.facility.tz).date()
    on = day_label(row.completed_at.astimezone(episode.facility.tz).date(), today)
    safety = "; positive safety answer" if row.safety_positive else ""
    return tool.name, f"{row.score} of {tool.highest}, {row.band.lower()}{safety} ({on})"


def _level(episode: EpisodeOfCare) -> list[tuple[str, str]]:
    row = latest_determination(episode)
    if row is None:
        return []
    ratings = ", ".join(f"{number}: {rating}" for number, rating in enumerate(row.ratings, 1))
    differs = row.difference_reason if row.decided_id != row.recommended_id else ""
    return _filled(
        ("Decided", f"{row.decided}, by {row.decided_by}"),
        ("Recommended", str(row.recommended)),
        ("Reasons", " ".join(row.reasons)),
        ("Why it differs", differs),
        ("Ratings by dimension", ratings),
        ("Barriers and wishes", row.person_centred),
    )


def _filled(*lines: tuple[str, Any]) -> list[tuple[str, str]]:
    return [(label, text) for label, text in lines if text]


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
