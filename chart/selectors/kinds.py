"""What the history of a record consists of: each kind, who may read it, and how one person's lines are found."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q

from accounts.models import User
from accounts.roles import Perm as P
from activities.models import Attendance, Enrolment, ParticipationNote
from careplans.models import (
    Assessment,
    AvailablePlan,
    CarePlan,
    Goal,
    Intervention,
    Objective,
    PlanAcknowledgement,
    PlanPresentation,
    Problem,
    TreatmentOption,
)
from episodes.models import EpisodeOfCare, EpisodeStep, Handoff, Placement, Task
from intake.models import (
    Coverage,
    IntakeInterview,
    LevelOfCareDetermination,
    Referral,
    ReferralCall,
    Screening,
    SubstanceUse,
)
from patients.models import (
    Address,
    AllergyIntolerance,
    CareTeamMember,
    Condition,
    ContactPoint,
    Encounter,
    Flag,
    Identifier,
    Note,
    OutsideCareTeamMember,
    Patient,
    PatientFacility,
    RelatedPerson,
    Restriction,
)
from records.models import (
    AmendmentRequest,
    ChannelConsent,
    ClinicalPhoto,
    Consent,
    ConsentRecipient,
    Document,
    Notice,
    RecordSubmission,
    ReleaseRequest,
    Signature,
)
from records.selectors import readable_documents
from scheduling.models import (
    Appointment,
    AppointmentResponse,
    BookingOverride,
    CallAttempt,
    Series,
    WaitlistEntry,
    WaitlistOffer,
)

Lines = Callable[[Patient, User], Q]
Part = tuple[type[Model], Lines]


@dataclass(frozen=True)
class Kind:
    """What is listed together: its models, each with the filter of its history that finds one person's lines."""

    key: str
    label: str
    perm: P
    models: tuple[Part, ...]


def _own(patient: Patient, user: User) -> Q:
    return Q(patient_id__in=patient.same_person)


def _person(patient: Patient, user: User) -> Q:
    return Q(id__in=patient.same_person)


def _drafts_apart(patient: Patient, user: User) -> Q:
    """A draft is its author's alone, and so is what it was before."""
    return _own(patient, user) & (Q(signed_at__isnull=False) | Q(author=user))


def _sent(patient: Patient, user: User) -> Q:
    return _own(patient, user) & (Q(status=Assessment.Status.COMPLETED) | Q(author=user))


def _restrictions(patient: Patient, user: User) -> Q:
    """Whether a chart is restricted only who may set that learns."""
    found = _own(patient, user)
    return found if P.RESTRICTED_VIEW in patient.held else found & ~Q(kind=Restriction.Kind.CHART)


def _readable(patient: Patient, user: User) -> Q:
    return Q(id__in=readable_documents(user, patient).values("pk"))


def _of_readable(patient: Patient, user: User) -> Q:
    return Q(document_id__in=readable_documents(user, patient).values("pk"))


def _signed_lines(patient: Patient, user: User) -> Q:
    return _below(Attendance, "attendance")(patient, user) & (Q(signed_at__isnull=False) | Q(author=user))


def _below(parent: Any, name: str, lines: Lines = _own) -> Lines:
    """Of rows that hang on a parent, which has the person."""
    return lambda patient, user: Q(
        **{f"{name}_id__in": parent.history.filter(lines(patient, user)).order_by().values("id")}
    )


_OF_PLAN = _below(CarePlan, "plan")
_OF_PROBLEM = _below(Problem, "problem", _OF_PLAN)
_OF_GOAL = _below(Goal, "goal", _OF_PROBLEM)
_OF_OBJECTIVE = _below(Objective, "objective", _OF_GOAL)
_OF_EPISODE = _below(EpisodeOfCare, "episode")
_OF_APPOINTMENT = _below(Appointment, "appointment")

KINDS = (
    Kind("path", "Next steps", P.HANDOFF_VIEW, (
        (EpisodeOfCare, _own), (EpisodeStep, _OF_EPISODE), (Placement, _OF_EPISODE), (Handoff, _own), (Task, _own),
        (CareTeamMember, _own), (OutsideCareTeamMember, _own),
    )),
    Kind("person", "Person", P.IDENTITY_VIEW, ((Patient, _person), (Identifier, _own), (PatientFacility, _own))),
    Kind("contact", "Contact", P.CONTACT_VIEW, ((ContactPoint, _own), (Address, _own), (RelatedPerson, _own))),
    Kind("safety", "Allergies and alerts", P.SAFETY_VIEW, ((AllergyIntolerance, _own), (Flag, _own))),
    Kind("coverage", "Coverage", P.COVERAGE_VIEW, ((Coverage, _own),)),
    Kind("referrals", "Referrals", P.REFERRAL_VIEW, (
        (Referral, _own), (ReferralCall, _below(Referral, "referral")),
    )),
    Kind("intake", "Intake", P.INTAKE_VIEW, (
        (IntakeInterview, _own), (SubstanceUse, _below(IntakeInterview, "interview")), (Screening, _own),
        (LevelOfCareDetermination, _own),
    )),
    Kind("notes", "Notes and diagnoses", P.ASSESSMENT_VIEW, (
        (Note, _drafts_apart), (Condition, _own), (Encounter, _own), (Assessment, _sent),
        (AvailablePlan, _below(Assessment, "assessment", _sent)),
    )),
    Kind("plan", "Care plan", P.PLAN_VIEW, (
        (CarePlan, _own), (Problem, _OF_PLAN), (Goal, _OF_PROBLEM), (Objective, _OF_GOAL),
        (Intervention, _OF_OBJECTIVE), (PlanAcknowledgement, _OF_PLAN),
    )),
    Kind("options", "Options", P.OPTION_VIEW, ((TreatmentOption, _own), (PlanPresentation, _own))),
    Kind("activities", "Activities", P.ACTIVITY_VIEW, (
        (Enrolment, _own), (Attendance, _own), (ParticipationNote, _signed_lines),
    )),
    Kind("appointments", "Appointments", P.APPOINTMENT_VIEW, (
        (Appointment, _own), (Series, _own), (AppointmentResponse, _OF_APPOINTMENT), (CallAttempt, _OF_APPOINTMENT),
        (BookingOverride, _OF_APPOINTMENT),
    )),
    Kind("waitlist", "Waitlist", P.APPOINTMENT_EDIT, (
        (WaitlistEntry, _own), (WaitlistOffer, _below(WaitlistEntry, "entry")),
    )),
    Kind("documents", "Documents", P.DOCUMENT_VIEW, (
        (Document, _readable), (ClinicalPhoto, _of_readable), (Signature, _of_readable), (RecordSubmission, _own),
    )),
    Kind("consents", "Consents", P.CONSENT_VIEW, (
        (Consent, _own), (ConsentRecipient, _below(Consent, "consent")), (ChannelConsent, _own), (Notice, _own),
        (Restriction, _restrictions),
    )),
    Kind("requests", "Copies and corrections", P.DISCLOSURE_VIEW, ((ReleaseRequest, _own), (AmendmentRequest, _own))),
)  # fmt: skip


def kinds(patient: Patient) -> list[Kind]:
    """Those whose live rows the viewer may read: old values stand behind the same gate."""
    return [kind for kind in KINDS if kind.perm in patient.held]
