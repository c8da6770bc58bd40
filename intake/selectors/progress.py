"""How far an intake is: each step with its state, what is missing and where to go on."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts.models import Facility
from core.labels import due_label
from episodes.models import EpisodeOfCare, EpisodeStep, Handoff
from intake.models import Coverage, IntakeInterview
from patients.access import asks_reason, belongs_to, read_of
from patients.models import ContactPoint, Patient
from records.models import ChannelConsent, Consent, ConsentCategory

Kind = EpisodeStep.Kind
NOTICE = "Notice and consent"
# What care needs before it can take a person over; the second set only where intake interviews.
ALWAYS = {
    Kind.REFERRAL_ACCEPTED: "Referral",
    Kind.COVERAGE_CHECKED: "Coverage",
    Kind.NOTICE_GIVEN: NOTICE,
    Kind.CHANNEL_CONSENTED: "Reminder channel",
    Kind.LEVEL_DETERMINED: "Level of care",
}
WHERE_INTAKE_INTERVIEWS = {Kind.INTERVIEW_DONE: "Interview", Kind.SCREENED: "Screening"}


UNCHECKED = "Not checked yet."
READABLE = ("Interview", "Screening", "Packet")


@dataclass(frozen=True)
class Step:
    """One line of the checklist; `missing` is empty when it is done."""

    label: str
    state: str  # done, current, todo, problem: as _ui/steps.html names them
    missing: str
    url: str
    action: str
    optional: bool = False

    @property
    def note(self) -> str:
        return "Left to patient care" if self.optional and self.missing else ""

    @property
    def blocks(self) -> bool:
        return bool(self.missing) and not self.optional


def checklist(patient: Patient, episode: EpisodeOfCare) -> list[Step]:
    """The eight steps in their order; the first that is not done and is needed is `current`."""
    reached = reached_steps(episode)
    optional = not episode.facility.intake_interviews
    unchecked = missing_coverage(patient, reached)
    lines = [
        ("Demographics", missing_demographics(patient), "demographics_edit", "Edit", False),
        ("Coverage", unchecked, *_coverage_action(unchecked), False),
        _notice_line(patient, episode, reached),
        ("Reminder channel", missing_channel(patient, reached), "scheduling:channel_edit", "Settle", False),
        ("Interview", missing_interview(episode, reached), "interview_edit", "Interview", optional),
        (
            "Screening",
            _unless(Kind.SCREENED in reached, "No instrument is scored yet."),
            "screening_list",
            "Screen",
            optional,
        ),
        (
            "Level of care",
            _unless(Kind.LEVEL_DETERMINED in reached, "No level is decided."),
            "level_edit",
            "Decide",
            False,
        ),
        ("Packet", _unless(Kind.HANDED_OVER in reached, "Not handed over yet."), "packet_detail", "Preview", False),
    ]
    return _with_states(patient, lines)


def to_read(steps: list[Step]) -> list[Step]:
    """The steps for somebody who may read and not write: only those lead somewhere that can be read."""
    return [step if step.label in READABLE else replace(step, url="") for step in steps]


def missing_parts(patient: Patient, episode: EpisodeOfCare) -> list[Step]:
    """What stands in the way of handing over: the needed steps before the packet that are not done."""
    return [step for step in checklist(patient, episode)[:-1] if step.blocks]


def reached_steps(episode: EpisodeOfCare) -> set[str]:
    return set(episode.steps.filter(withdrawn_at__isnull=True).values_list("kind", flat=True))


def missing_demographics(patient: Patient) -> str:
    """A birth date and one way to reach the person; an address is not asked of people without one."""
    lacking = [] if patient.birth_date else ["birth date"]
    if not patient.telecoms.exclude(use=ContactPoint.Use.OLD).exists():
        lacking.append("telephone number or e-mail address")
    return f"Missing: {', '.join(lacking)}." if lacking else ""


def missing_coverage(patient: Patient, reached: set[str]) -> str:
    """A coverage in force that was checked; one that ended or changed since has to be checked again."""
    statuses = set(patient.coverages.values_list("status", flat=True))
    if Coverage.Status.ACTIVE in statuses and Kind.COVERAGE_CHECKED in reached:
        return ""
    return UNCHECKED if Coverage.Status.DRAFT in statuses else "No coverage in force; self-pay counts."


def _coverage_action(missing: str) -> tuple[str, str]:
    """What is entered is checked next; what is not, entered."""
    return ("coverage_check", "Log check") if missing == UNCHECKED else ("coverage_edit", "Add coverage")


def missing_notice(patient: Patient, episode: EpisodeOfCare, reached: set[str]) -> str:
    """The notice first; then an answer to the consent to treatment, payment and operations: no is one."""
    if Kind.NOTICE_GIVEN not in reached:
        return "Give the notice of privacy practices; nobody is handed over without it."
    if Kind.CONSENTED in reached or _declined_tpo(patient, episode.facility):
        return ""
    return "Ask for consent to treatment, payment and operations; no is an answer."


def _notice_line(patient: Patient, episode: EpisodeOfCare, reached: set[str]) -> tuple[str, str, str, str, bool]:
    """The notice is needed before care takes over (45 CFR 164.520); the consent may be asked for later as well."""
    missing, given = missing_notice(patient, episode, reached), Kind.NOTICE_GIVEN in reached
    if not given:
        return (NOTICE, missing, "records:notice_give", "Give", False)
    return (NOTICE, missing, "records:consent_add" if missing else "records:consent_list", "Ask", True)


def _declined_tpo(patient: Patient, facility: Facility) -> bool:
    rows = Consent.objects.filter(patient__in=patient.same_person, facility=facility, category=ConsentCategory.TPO)
    return rows.filter(status=Consent.Status.REJECTED).exists()


def missing_channel(patient: Patient, reached: set[str]) -> str:
    if Kind.CHANNEL_CONSENTED not in reached:
        return "Ask whether and how we may send reminders; no is an answer."
    outdated = patient.channel_consents.filter(
        status=ChannelConsent.Status.ACTIVE, contact_point__use=ContactPoint.Use.OLD
    )
    return "The e-mail address has changed: ask again." if outdated.exists() else ""


def missing_interview(episode: EpisodeOfCare, reached: set[str]) -> str:
    if Kind.INTERVIEW_DONE in reached:
        return ""
    begun = IntakeInterview.objects.filter(episode=episode).exists()
    return "Begun, not completed." if begun else "Not begun."


def incomplete_intakes(facility: Facility, limit: int = 10) -> list[dict[str, Any]]:
    """For the intake desk: accepted and not handed over, soonest due first, with `missing` and `url` to go on."""
    handed = Handoff.objects.filter(
        episode=OuterRef("pk"), status__in=[Handoff.Status.REQUESTED, Handoff.Status.ACCEPTED]
    )
    accepted = EpisodeStep.objects.filter(
        episode=OuterRef("pk"), kind=Kind.REFERRAL_ACCEPTED, withdrawn_at__isnull=True
    )
    reachable = ContactPoint.objects.filter(patient=OuterRef("patient")).exclude(use=ContactPoint.Use.OLD)
    rows = (
        EpisodeOfCare.objects.open()
        .filter(Exists(accepted), ~Exists(handed), belongs_to(facility, "patient"), facility=facility)
        .annotate(reachable=Exists(reachable), asks_reason=asks_reason(None, facility, "patient"))
        .select_related("patient", "owner")
        .prefetch_related("steps")
        .order_by("due_at", "pk")[:limit]
    )
    return [_incomplete_row(row, facility) for row in rows]


def _incomplete_row(episode: EpisodeOfCare, facility: Facility) -> dict[str, Any]:
    reached = {step.kind for step in episode.steps.all() if step.withdrawn_at is None}
    needed = ALWAYS | (WHERE_INTAKE_INTERVIEWS if facility.intake_interviews else {})
    known = episode.patient.birth_date and episode.reachable  # type: ignore[attr-defined]  # annotated above
    missing = ([] if known else ["Demographics"]) + [label for kind, label in needed.items() if kind not in reached]
    return {
        "name": episode.patient.list_name,
        "record_number": read_of(episode, episode.patient.record_number, ""),
        "patient": episode.patient,
        "owner": str(episode.owner),
        "due": due_label(episode.due_at, facility.tz) if episode.due_at else None,
        "missing": missing,
        "missing_text": read_of(episode, ", ".join(missing) or "Nothing: ready to hand over"),
        "ready": not missing,
        "tone": "warning" if missing else "success",
        "url": reverse(f"intake:{'intake_detail' if missing else 'packet_detail'}", args=[episode.patient.uuid]),
        "action": "Go on" if missing else "Hand over",
    }


def _with_states(patient: Patient, lines: Iterable[tuple[str, str, str, str, bool]]) -> list[Step]:
    steps: list[Step] = []
    for label, missing, name, action, optional in lines:
        waiting = any(step.state == "current" for step in steps)
        state = "done" if not missing else "todo" if optional or waiting else "current"
        url = reverse(name if ":" in name else f"intake:{name}", args=[patient.uuid])
        steps.append(Step(label, state, missing, url, action, optional))
    return steps


def _unless(done: bool, missing: str) -> str:
    return "" if done else missing
