"""What every page of a person shows above its content. What the viewer may not see is not fetched."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.utils import timezone

from accounts.roles import Perm
from chart.links import address
from core.labels import when_label
from episodes.models import EpisodeOfCare, EpisodeStep
from episodes.selectors.emergency import glass_label
from patients import selectors as patients
from patients.models import AllergyIntolerance, Flag, Patient, Restriction
from patients.selectors.restrictions import restrictions_to_warn_of
from records.models import ChannelConsent
from scheduling.models import Appointment, AppointmentParticipant

# label, page, permissions of which one is enough, icon, the views that it stands for
TABS = (
    ("Overview", "chart:patient_detail", {Perm.NAME_VIEW}, "layout-dashboard", ("chart:patient_",)),
    ("Intake", "intake:intake_detail", {Perm.INTAKE_VIEW}, "clipboard-list", ("intake:",)),
    (
        "Care plan",
        "careplans:plan_detail",
        {Perm.PLAN_VIEW},
        "list-checks",
        ("careplans:plan_", "careplans:problem_", "careplans:goal_", "careplans:objective_", "careplans:intervention_"),
    ),
    ("Goals", "careplans:plan_extract", {Perm.PLAN_EXTRACT}, "list-checks", ("careplans:plan_extract",)),
    (
        "Options",
        "careplans:option_list",
        {Perm.OPTION_VIEW},
        "split",
        ("careplans:option_", "careplans:presentation_"),
    ),
    (
        "Appointments",
        "scheduling:appointment_list",
        {Perm.APPOINTMENT_VIEW},
        "calendar",
        tuple(f"scheduling:{noun}_" for noun in "appointment slot hold call reminder waitlist series".split()),
    ),
    ("Activities", "activities:patient_activity", {Perm.ACTIVITY_VIEW}, "palette", ("activities:",)),
    (
        "Notes",
        "patients:note_list",
        {Perm.ASSESSMENT_VIEW},
        "notebook-pen",
        ("patients:note_", "careplans:assessment_"),
    ),
    (
        "Documents",
        "records:document_list",
        {Perm.DOCUMENT_VIEW, Perm.DOCUMENT_OWN},
        "file-text",
        ("records:document_", "records:photo_", "records:submission_"),
    ),
    (
        "Consents",
        "records:consent_list",
        {Perm.CONSENT_VIEW},
        "shield-check",
        (
            "records:consent_",
            "records:channel_",
            "scheduling:channel_",
            "records:notice_give",
            "patients:restriction_",
            "chart:consent_",
            "chart:channel_",
        ),
    ),
    ("Counseling", "records:counseling_list", {Perm.COUNSELING_STATUS}, "lock", ("records:counseling_",)),
    (
        "Disclosures",
        "records:disclosure_list",
        {Perm.DISCLOSURE_VIEW, Perm.DISCLOSURE_OWN},
        "send",
        ("records:disclosure_", "records:release_", "records:amendment_", "chart:release_"),
    ),
    ("Care team", "patients:care_team", {Perm.HANDOFF_VIEW}, "users", ("patients:care_team", "episodes:")),
)
LEVEL_SHOWN_TO = {Perm.INTAKE_VIEW, Perm.PLAN_STATUS, Perm.PLAN_EXTRACT, Perm.PLAN_VIEW}
REPLY_TONES = {"accepted": "success", "needs-action": "warning", "declined": "danger", "tentative": "warning"}
CONSENT_BADGES = {
    ChannelConsent.Status.ACTIVE: ("E-mail reminders agreed", "success"),
    ChannelConsent.Status.DRAFT: ("E-mail reminders not settled", "warning"),
    ChannelConsent.Status.REJECTED: ("No e-mail reminders wanted", "neutral"),
    ChannelConsent.Status.INACTIVE: ("E-mail reminders ended", "neutral"),
}
ALERTS = ("flag", "restriction", "allergy")  # in this order
# Who is under way or expected, in the order of time; a time that is only offered is no appointment yet.
COMING = ("pending", "booked", "arrived", "checked-in")


@dataclass(frozen=True)
class Rows:
    """What the header shows of other rows than the person's own, as far as the viewer may know it.

    `path`: the newest episode, and the kind of step last reached. `said`: source, level and words of each warning.
    `coming`: start, status and answer of the next appointment.
    """

    path: tuple[EpisodeOfCare | None, str | None]
    said: list[tuple[str, str, str]]
    coming: tuple[datetime, str, str] | None


def header(patient: Patient, view_name: str, rows: Rows | None = None) -> dict[str, Any]:
    """The header for whoever holds `patient.held`: at most four queries, one with `rows`. None means: left out."""
    held, rows = patient.held, rows or _rows(patient)
    shown = _who(patient)
    shown |= {"url": patient.get_absolute_url(), "alerts": _alerts(patient, rows.said)}
    shown |= _path(patient, *rows.path)
    shown["consent_badge"] = _consent(patient) if held & {Perm.CONSENT_STATUS, Perm.CONSENT_VIEW} else None
    shown["next_appointment"] = _next_appointment(*rows.coming) if rows.coming else None
    shown |= {"tabs": tabs(patient, view_name), "deceased": patient.deceased, "glass": _glass(patient)}
    shown["camera_url"] = address("records:photo_add", patient.uuid) if Perm.DOCUMENT_OWN in held else None
    return shown


def past_header(shown: dict[str, Any], patient: Patient, as_of: str) -> dict[str, Any]:
    """The same on a page of the past: without what is true of today only, and with the way back."""
    today = ("stage", "level_of_care", "baton_owner", "next_step", "due_at", "consent_badge", "next_appointment")
    return shown | dict.fromkeys((*today, "alerts")) | {"as_of": as_of, "now_url": patient.get_absolute_url()}


def tabs(patient: Patient, view_name: str) -> list[dict[str, Any]]:
    """The pages of this person that the viewer may open."""
    found = []
    for label, name, perms, icon, prefixes in TABS:
        url = address(name, patient.uuid) if perms & patient.held else None
        if url:
            found.append({"label": label, "url": url, "icon": icon, "active": view_name.startswith(prefixes)})
    return found


def restrictions_said(patient: Patient) -> list[tuple[str, str, str]]:
    """The restrictions to warn of, as `Rows.said` has them."""
    return [row for rows in _restrictions(patient) for row in rows.values_list("source", "level", "said")]


def _rows(patient: Patient) -> Rows:
    may_see_time = patient.held & {Perm.APPOINTMENT_STATUS, Perm.APPOINTMENT_VIEW}
    path = _newest(patient) if Perm.HANDOFF_VIEW in patient.held else (None, None)
    return Rows(path, _said(patient), _coming(patient) if may_see_time else None)


def _said(patient: Patient) -> list[tuple[str, str, str]]:
    """Warnings, restrictions and allergies as far as the viewer may know them: one query."""
    sources = [rows.values_list("source", "level", "said") for rows in (*_safety(patient), *_restrictions(patient))]
    if not sources:
        return []
    first, *rest = sources
    return list(first.union(*rest, all=True) if rest else first)


def _alerts(patient: Patient, said: list[tuple[str, str, str]]) -> list[dict[str, str]] | None:
    """Warnings in force, then what must not be disclosed, then allergies."""
    found = sorted(said, key=lambda row: (ALERTS.index(row[0]), row[2]))
    return [_alert(*row) for row in found] if found or Perm.SAFETY_VIEW in patient.held else None


def _safety(patient: Patient) -> list[QuerySet[Any]]:
    if Perm.SAFETY_VIEW not in patient.held:
        return []
    flags = patients.flags(patient).order_by().annotate(source=Value("flag"), level=F("category"), said=F("text"))
    allergies = patients.allergies(patient).order_by()
    return [flags, allergies.annotate(source=Value("allergy"), level=F("criticality"), said=F("substance"))]


def _restrictions(patient: Patient) -> list[QuerySet[Any]]:
    if Perm.CONSENT_VIEW not in patient.held:
        return []
    rows = restrictions_to_warn_of(patient)
    return [rows.annotate(source=Value("restriction"), level=F("kind"), said=F("recipient_name"))]


def age_band(age: int | None) -> str | None:
    """Ten years wide, for who may not know the birth date."""
    if age is None:
        return None
    return "under 20" if age < 20 else f"{age // 10 * 10}–{age // 10 * 10 + 9}"


def reply_badge(status: str, reply: str) -> tuple[str, str]:
    """The words and tone of an appointment to come: the answer while it is only booked, else where it stands."""
    if status in Appointment.UPCOMING:
        return Appointment.Reply(reply).label, REPLY_TONES[reply]
    return Appointment.Status(status).label, "success"


def _who(patient: Patient) -> dict[str, Any]:
    if Perm.IDENTITY_VIEW in patient.held:
        return _identity(patient)
    return _name_only(patient) if Perm.NAME_VIEW in patient.held else _nameless()


def _identity(patient: Patient) -> dict[str, Any]:
    return {
        "preferred_name": patient.name_used,
        "legal_name": patient.legal_name,
        "pronouns": patient.pronouns,
        "birth_date": patient.birth_date,
        "age": patient.age_on(timezone.localdate()),
        "age_band": None,
        "record_number": patient.record_number,
        "deceased_on": timezone.localdate(patient.deceased_at) if patient.deceased_at else None,
    }


def _name_only(patient: Patient) -> dict[str, Any]:
    """The name used and the age band: no legal name, birth date or record number."""
    band = age_band(patient.age_on(timezone.localdate()))
    return _nameless() | {"preferred_name": patient.name_used, "pronouns": patient.pronouns, "age_band": band}


def _nameless() -> dict[str, Any]:
    """For who may read something of this person without knowing who it is, as the privacy officer without a request."""
    nothing = ("legal_name", "pronouns", "birth_date", "age", "age_band", "record_number", "deceased_on")
    return dict.fromkeys(nothing) | {"preferred_name": "Name not shown"}


def _newest(patient: Patient) -> tuple[EpisodeOfCare | None, str | None]:
    reached = EpisodeStep.objects.filter(episode=OuterRef("pk"), withdrawn_at__isnull=True).order_by(
        "-reached_at", "-id"
    )
    episodes = EpisodeOfCare.objects.filter(patient=patient).select_related("owner", "level_of_care")
    episode = episodes.annotate(last_step=Subquery(reached.values("kind")[:1])).order_by("-starts_at", "-id").first()
    return episode, episode.last_step if episode else None


def _path(patient: Patient, episode: EpisodeOfCare | None, last_step: str | None) -> dict[str, Any]:
    shown = dict.fromkeys(("stage", "level_of_care", "baton_owner", "next_step", "due_at"))
    if episode is None:
        return shown
    last = f" · {EpisodeStep.Kind(last_step).label}" if last_step else ""
    shown["stage"] = episode.get_status_display() + last
    if patient.held & LEVEL_SHOWN_TO and episode.level_of_care:
        shown["level_of_care"] = str(episode.level_of_care)
    if episode.is_open:
        shown |= {"baton_owner": str(episode.owner), "next_step": episode.next_step, "due_at": episode.due_at}
    return shown


def _glass(patient: Patient) -> dict[str, str] | None:
    """The red banner while the chart is open by an emergency access."""
    if patient.glass is None:
        return None
    return glass_label(patient.glass, timezone.get_current_timezone()) | {
        "end_url": address("episodes:emergency_end", patient.uuid)
    }


def _consent(patient: Patient) -> dict[str, str]:
    consents = ChannelConsent.objects.filter(patient=patient, category=ChannelConsent.Category.REMINDER_EMAIL)
    row = consents.order_by("-starts_at", "-id").values("status", "expires_on").first()
    if row is None:
        return {"label": "E-mail reminders not asked", "tone": "warning"}
    if row["status"] == ChannelConsent.Status.ACTIVE and row["expires_on"] and row["expires_on"] < timezone.localdate():
        return {"label": "Consent to e-mail expired", "tone": "warning"}
    label, tone = CONSENT_BADGES[ChannelConsent.Status(row["status"])]
    return {"label": label, "tone": tone}


def _coming(patient: Patient) -> tuple[datetime, str, str] | None:
    return (
        AppointmentParticipant.objects.filter(patient=patient, active=True, appointment__status__in=COMING)
        .filter(appointment__ends_at__gte=timezone.now())
        .order_by("appointment__starts_at")
        .values_list("appointment__starts_at", "appointment__status", "appointment__reply")
        .first()
    )


def _next_appointment(starts_at: datetime, status: str, reply: str) -> dict[str, str]:
    label, tone = reply_badge(status, reply)
    return {"when": when_label(starts_at, timezone.get_current_timezone()), "status_label": label, "tone": tone}


def _alert(source: str, level: str, words: str) -> dict[str, str]:
    if source == "flag":
        tone = "danger" if level == Flag.Category.SAFETY else "warning"
        return {"label": words, "tone": tone, "icon": "shield-alert"}
    if source == "restriction":
        plan = level == Restriction.Kind.HEALTH_PLAN
        whom = words or ("the health plan" if plan else "anybody outside")
        return {"label": f"Do not disclose to {whom}", "tone": "warning", "icon": "shield-ban"}
    tone = "danger" if level == AllergyIntolerance.Criticality.HIGH else "warning"
    return {"label": f"Allergy: {words}", "tone": tone, "icon": "triangle-alert"}
