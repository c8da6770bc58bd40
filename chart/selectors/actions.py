"""What the viewer can do next for this person: the next step of the path first."""

from dataclasses import dataclass
from typing import Any

from accounts.access import roles_at
from accounts.models import User
from accounts.roles import Perm, Role
from chart.links import address
from episodes.models import EpisodeOfCare, EpisodeStep
from patients.models import Patient

Step = EpisodeStep.Kind


@dataclass(frozen=True)
class Action:
    """A page to go to, for who holds the role and the permission, between two steps of the path."""

    role: Role
    label: str
    page: str
    perm: Perm
    icon: str
    after: Step | None = None  # only once this was reached
    before: Step | None = None  # only until this is reached


# In the order of the path; the first that fits is the page's main button.
ACTIONS = (
    Action(Role.INTAKE, "Continue intake", "intake:intake_detail", Perm.INTAKE_EDIT, "play", before=Step.HANDED_OVER),
    Action(Role.INTAKE, "See the intake", "intake:intake_detail", Perm.INTAKE_VIEW, "eye", after=Step.HANDED_OVER),
    Action(Role.INTAKE, "Settle reminders", "scheduling:channel_edit", Perm.CONSENT_EDIT, "mail",
           before=Step.CHANNEL_CONSENTED),
    Action(Role.PATIENT_CARE, "Write care plan", "careplans:plan_detail", Perm.PLAN_EDIT, "list-checks",
           before=Step.PLAN_SHARED),
    Action(Role.PATIENT_CARE, "Open care plan", "careplans:plan_detail", Perm.PLAN_EDIT, "list-checks",
           after=Step.PLAN_SHARED),
    Action(Role.PATIENT_CARE, "Write a note", "patients:note_add", Perm.ASSESSMENT_EDIT, "notebook-pen"),
    Action(Role.CLINICIAN, "Write assessment", "careplans:assessment_add", Perm.ASSESSMENT_EDIT, "stethoscope",
           before=Step.ASSESSED),
    Action(Role.CLINICIAN, "Write a note", "patients:note_add", Perm.ASSESSMENT_EDIT, "notebook-pen"),
    Action(Role.CLINICIAN, "Read care plan", "careplans:plan_detail", Perm.PLAN_VIEW, "list-checks",
           after=Step.PLAN_SHARED),
    Action(Role.TREATMENT, "Build options", "careplans:option_list", Perm.OPTION_EDIT, "split",
           after=Step.ASSESSED, before=Step.OPTIONS_PRESENTED),
    Action(Role.TREATMENT, "Open the options", "careplans:option_list", Perm.OPTION_EDIT, "split",
           after=Step.OPTIONS_PRESENTED, before=Step.OPTION_ACCEPTED),
    Action(Role.TREATMENT, "Book physician", "scheduling:slot_list", Perm.APPOINTMENT_EDIT, "calendar-plus",
           after=Step.OPTION_ACCEPTED, before=Step.VISIT_BOOKED),
    Action(Role.TREATMENT, "Submit to the clerk", "records:submission_add", Perm.DOCUMENT_SUBMIT, "send",
           after=Step.VISIT_ATTENDED, before=Step.RECORD_FILED),
    Action(Role.TREATMENT, "See appointments", "scheduling:appointment_list", Perm.APPOINTMENT_VIEW, "calendar"),
    Action(Role.ACTIVITIES, "Enroll in a program", "activities:enrolment_add", Perm.ACTIVITY_EDIT, "palette"),
    Action(Role.ACTIVITIES, "See attendance", "activities:patient_activity", Perm.ACTIVITY_VIEW, "user-check"),
    Action(Role.CLERK, "Open documents", "records:document_list", Perm.DOCUMENT_VIEW, "file-text"),
    Action(Role.CLERK, "Reminder consent", "scheduling:channel_edit", Perm.CONSENT_EDIT, "mail"),
    Action(Role.CLINICAL_COORDINATOR, "Set the next step", "episodes:next_step_edit", Perm.HANDOFF_EDIT, "flag"),
    Action(Role.CLINICAL_COORDINATOR, "Read care plan", "careplans:plan_detail", Perm.PLAN_VIEW, "list-checks"),
)  # fmt: skip


def actions(user: User, patient: Patient, episode: EpisodeOfCare | None, reached: set[str]) -> list[dict[str, Any]]:
    """Buttons in order, the main one first. Who holds the baton may also hand over."""
    if episode is None or not episode.is_open:
        return _record_only(patient)
    roles = roles_at(user, episode.facility)
    found = [_button(action, patient) for action in ACTIONS if action.role in roles and _fits(action, patient, reached)]
    if episode.owner_id == user.pk and Perm.HANDOFF_EDIT in patient.held:
        url = address("episodes:handoff_send", patient.uuid)
        found.append({"label": "Hand over", "url": url, "icon": "arrow-right-left"})
    return [button for button in found if button["url"]]


def _record_only(patient: Patient) -> list[dict[str, Any]]:
    """Without an open episode: what can still be done to the record."""
    if Perm.DOCUMENT_VIEW not in patient.held:
        return []
    url = address("records:document_list", patient.uuid)
    return [{"label": "Open documents", "url": url, "icon": "file-text"}] if url else []


def _fits(action: Action, patient: Patient, reached: set[str]) -> bool:
    due = (action.after is None or action.after in reached) and (action.before is None or action.before not in reached)
    return due and action.perm in patient.held


def _button(action: Action, patient: Patient) -> dict[str, Any]:
    return {"label": action.label, "url": address(action.page, patient.uuid), "icon": action.icon}
