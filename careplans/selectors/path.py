"""Where the person is between plan and signature, and what the viewer does next."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Facility, User
from accounts.roles import Perm, Role
from careplans import access
from careplans.models import CarePlan
from core.labels import when_label
from episodes.models import EpisodeOfCare, EpisodeStep, Task
from patients.models import Patient


def clinicians(facility: Facility) -> QuerySet[User]:
    """Who may be asked for an assessment: live members with the role clinician there."""
    members = facility.memberships.live().filter(role=Role.CLINICIAN)
    return User.objects.filter(pk__in=members.values("user"))


def open_request(patient: Patient) -> Task | None:
    """The unanswered request for an assessment."""
    return (
        Task.objects.open()
        .filter(patient=patient, kind="assessment-requested")
        .select_related("owner", "facility")
        .first()
    )


def asked_note(patient: Patient) -> str:
    """`Asked: Daniel Okafor, MD, until Mon 23 Nov 14:30`; nothing when no assessment is asked for."""
    task = open_request(patient)
    if task is None:
        return ""
    return f"Asked: {task.owner}, until {when_label(task.due_at, task.facility.tz)}."


def reached(episode: EpisodeOfCare | None) -> set[str]:
    """The kinds of steps the episode has reached."""
    if episode is None:
        return set()
    return set(episode.steps.filter(withdrawn_at__isnull=True).values_list("kind", flat=True))


PATH = (
    ("Plan shared", EpisodeStep.Kind.PLAN_SHARED),
    ("Read by the team", EpisodeStep.Kind.PLAN_ACKNOWLEDGED),
    ("Physician's packet", EpisodeStep.Kind.ASSESSED),
    ("Options presented", EpisodeStep.Kind.OPTIONS_PRESENTED),
    ("Option signed", EpisodeStep.Kind.OPTION_ACCEPTED),
)


def path_steps(done: set[str]) -> list[dict[str, Any]]:
    """The path from plan to signature for the steps component; the first one not reached is the current one."""
    first_open = next((kind for _, kind in PATH if kind not in done), None)
    return [
        {"label": label, "state": "done" if kind in done else "current" if kind == first_open else "todo"}
        for label, kind in PATH
    ]


Action = dict[str, str]


def next_action(patient: Patient, plan: CarePlan | None, episode: EpisodeOfCare | None, user: User) -> Action | None:
    """What this viewer can do now to bring the person further: title, text, url, label. None if it is not theirs."""
    done = reached(episode)
    if episode is None or EpisodeStep.Kind.OPTION_ACCEPTED in done:
        return None
    if EpisodeStep.Kind.ASSESSED in done:
        return _after_the_packet(patient, episode, user)
    if access.writes_packets(patient):
        text = "Findings, diagnoses and the plans you consider possible. You can keep a draft at any time."
        return _action("The physician's packet is next", text, "assessment_add", patient, "Write the packet")
    request = open_request(patient)
    if plan and plan.edition and Perm.PLAN_EDIT in patient.held and request is None:
        text = "Choose who writes the packet: diagnosis and the plans that are available."
        return _action("A physician's assessment is next", text, "assessment_request", patient, "Ask a physician")
    return None


def _after_the_packet(patient: Patient, episode: EpisodeOfCare, user: User) -> Action | None:
    if Perm.OPTION_EDIT in patient.held:
        text = "The packet is there. Put two to four options together and show them to the person."
        return _action("Options are next", text, "option_list", patient, "Build options")
    if episode.owner_id == user.pk and episode.owner_role == Role.PATIENT_CARE:
        url = reverse("episodes:handoff_send", args=[patient.uuid]) + f"?to={Role.TREATMENT}"
        text = "The packet is there. You hold the baton: the treatment desk builds and shows the options."
        return {"title": "Hand over to the treatment desk", "text": text, "url": url, "label": "Hand over"}
    return None


def _action(title: str, text: str, name: str, patient: Patient, label: str) -> Action:
    url = reverse(f"careplans:{name}", args=[patient.uuid])
    return {"title": title, "text": text, "url": url, "label": label}
