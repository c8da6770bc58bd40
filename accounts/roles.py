"""What each role may do: one table, deny by default.

The rows are those of docs/access.md (role × data class). A permission says what, a scope says for whom.
"""

from enum import StrEnum

from django.db import models


class Role(models.TextChoices):
    CLINICAL_COORDINATOR = "clinical", "Clinical coordinator"
    INTAKE = "intake", "Intake coordinator"
    PATIENT_CARE = "patient-care", "Patient care coordinator"
    TREATMENT = "treatment", "Treatment coordinator"
    ACTIVITIES = "activities", "Therapeutic activities coordinator"
    PHYSICIAN_SERVICES = "physician-services", "Physician services coordinator"
    CLERK = "clerk", "Health information clerk"
    CLINICIAN = "clinician", "Clinician"
    PRIVACY_OFFICER = "privacy", "Privacy officer"
    TECHNICAL = "technical", "Technical administrator"


class Scope(StrEnum):
    """For which patients a permission holds."""

    FACILITY = "facility"  # everyone who belongs to the facility
    ASSIGNED = "assigned"  # people with whom the person has a relation: team, hand-off, booking, group
    REQUEST = "request"  # people named in a request the person holds in hand


class DataClass(models.TextChoices):
    """The rows of docs/access.md that are about a patient: what a consent, a restriction or a disclosure speaks of."""

    IDENTITY = "identity", "Name, birth date and numbers"
    CONTACT = "contact", "Address and telephone"
    COVERAGE = "coverage", "Coverage and payment"
    INTAKE = "intake", "Intake interview and screenings"
    ASSESSMENT = "assessment", "Diagnoses, assessments and notes"
    PLAN = "plan", "Care plan and treatment options"
    REFERRAL = "referral", "Referrals"
    ACTIVITY = "activity", "Activities and attendance"
    APPOINTMENT = "appointment", "Appointments"
    DOCUMENT = "document", "Documents and photos"
    CONSENT = "consent", "Consents and restrictions"
    COUNSELING = "counseling", "SUD counseling notes"


class Perm(StrEnum):
    """An action on a data class. `.status` says that something exists, `.view` shows it."""

    NAME_VIEW = "name.view"  # name used, age band, alerts
    IDENTITY_VIEW = "identity.view"
    IDENTITY_EDIT = "identity.edit"
    CONTACT_VIEW = "contact.view"
    CONTACT_EDIT = "contact.edit"
    SAFETY_VIEW = "safety.view"  # allergies, flags
    SAFETY_EDIT = "safety.edit"
    COVERAGE_STATUS = "coverage.status"
    COVERAGE_VIEW = "coverage.view"
    COVERAGE_EDIT = "coverage.edit"
    INTAKE_VIEW = "intake.view"  # interview, screenings
    INTAKE_EDIT = "intake.edit"
    ASSESSMENT_STATUS = "assessment.status"
    PACKET_VIEW = "packet.view"  # the physician's packet
    ASSESSMENT_VIEW = "assessment.view"  # diagnoses, notes, assessments
    ASSESSMENT_EDIT = "assessment.edit"
    PLAN_STATUS = "plan.status"
    PLAN_EXTRACT = "plan.extract"  # precautions and goals, for the activities coordinator
    PLAN_VIEW = "plan.view"
    PLAN_EDIT = "plan.edit"
    PLAN_APPROVE = "plan.approve"
    OPTION_VIEW = "option.view"  # treatment options, presentation, acceptance
    OPTION_EDIT = "option.edit"
    REFERRAL_VIEW = "referral.view"
    REFERRAL_EDIT = "referral.edit"
    ACTIVITY_STATUS = "activity.status"
    ACTIVITY_VIEW = "activity.view"
    ACTIVITY_EDIT = "activity.edit"
    APPOINTMENT_STATUS = "appointment.status"
    APPOINTMENT_VIEW = "appointment.view"
    APPOINTMENT_EDIT = "appointment.edit"
    APPOINTMENT_OVERRIDE = "appointment.override"  # set a booking rule aside, with a reason
    REMINDER_STATUS = "reminder.status"
    REMINDER_EDIT = "reminder.edit"
    DOCUMENT_VIEW = "document.view"
    DOCUMENT_OWN = "document.own"  # write, and see what one wrote
    DOCUMENT_EDIT = "document.edit"
    DOCUMENT_SUBMIT = "document.submit"  # send an envelope to the clerk
    DOCUMENT_FILE = "document.file"  # accept, index, return envelopes
    CONSENT_STATUS = "consent.status"
    CONSENT_VIEW = "consent.view"
    CONSENT_EDIT = "consent.edit"
    COUNSELING_STATUS = "counseling.status"
    COUNSELING_VIEW = "counseling.view"  # for a release that has its own consent
    COUNSELING_OWN = "counseling.own"  # write, and read what one wrote: nobody else does
    DISCLOSURE_VIEW = "disclosure.view"
    DISCLOSURE_OWN = "disclosure.own"  # disclose, and see what one disclosed
    DISCLOSURE_EDIT = "disclosure.edit"  # all of them, requests for release and amendments too
    DISCLOSURE_APPROVE = "disclosure.approve"  # a release for legal proceedings
    RESTRICTED_VIEW = "restricted.view"  # whether a chart is restricted, and why
    RESTRICTED_EDIT = "restricted.edit"
    HANDOFF_VIEW = "handoff.view"  # batons, hand-offs and tasks of a patient
    HANDOFF_EDIT = "handoff.edit"
    # Facility matters: no patient in them.
    STAFF_DIRECTORY = "staff.directory"
    STAFF_VIEW = "staff.view"
    STAFF_EDIT = "staff.edit"
    CALENDAR_VIEW = "calendar.view"  # the facility's calendar; names only where APPOINTMENT_VIEW holds
    CALENDAR_EDIT = "calendar.edit"  # hours, leave and closures; names nobody
    PROGRAM_EDIT = "program.edit"
    BOARD_VIEW = "board.view"  # the clinical coordinator's board and admin site
    AUDIT_VIEW = "audit.view"
    AUDIT_APPROVE = "audit.approve"  # review emergency access, never one's own
    EMERGENCY_OPEN = "emergency.open"  # break the glass, and see one's own
    FORMS_EDIT = "forms.edit"  # wording of consents and notice, what a complete chart holds
    SETUP_EDIT = "setup.edit"  # facilities, users, memberships

    @property
    def writes(self) -> bool:
        return self.value.rsplit(".", 1)[1] in {"edit", "override", "approve", "submit", "file", "own"}

    @property
    def about_patients(self) -> bool:
        """False for facility matters: holding one of these opens no patient."""
        return self.value.split(".", 1)[0] not in FACILITY_MATTERS


FACILITY_MATTERS = {"staff", "calendar", "program", "board", "audit", "emergency", "forms", "setup"}

F, A, R = Scope.FACILITY, Scope.ASSIGNED, Scope.REQUEST
P = Perm

_SHARED_PATH = {P.HANDOFF_VIEW, P.HANDOFF_EDIT, P.NAME_VIEW, P.SAFETY_VIEW}

GRANTS: dict[Role, dict[Scope, set[Perm]]] = {
    Role.CLINICAL_COORDINATOR: {
        F: _SHARED_PATH
        | {P.IDENTITY_VIEW, P.CONTACT_VIEW, P.COVERAGE_STATUS, P.INTAKE_VIEW}
        | {P.ASSESSMENT_STATUS, P.PACKET_VIEW, P.ASSESSMENT_VIEW, P.PLAN_STATUS, P.PLAN_VIEW, P.PLAN_APPROVE}
        | {P.OPTION_VIEW, P.REFERRAL_VIEW, P.ACTIVITY_STATUS, P.ACTIVITY_VIEW, P.APPOINTMENT_STATUS}
        | {P.APPOINTMENT_VIEW, P.REMINDER_STATUS, P.DOCUMENT_VIEW, P.CONSENT_STATUS, P.CONSENT_VIEW}
        | {P.STAFF_DIRECTORY, P.STAFF_VIEW, P.STAFF_EDIT, P.CALENDAR_VIEW, P.CALENDAR_EDIT}
        | {P.COUNSELING_STATUS, P.DISCLOSURE_VIEW, P.RESTRICTED_VIEW, P.RESTRICTED_EDIT}
        | {P.BOARD_VIEW, P.AUDIT_VIEW, P.AUDIT_APPROVE, P.EMERGENCY_OPEN, P.FORMS_EDIT},
    },
    Role.INTAKE: {
        F: _SHARED_PATH
        | {P.IDENTITY_VIEW, P.IDENTITY_EDIT, P.CONTACT_VIEW, P.CONTACT_EDIT, P.SAFETY_EDIT}
        | {P.COVERAGE_STATUS, P.COVERAGE_VIEW, P.COVERAGE_EDIT, P.INTAKE_VIEW, P.INTAKE_EDIT}
        | {P.ASSESSMENT_STATUS, P.PLAN_STATUS, P.REFERRAL_VIEW, P.REFERRAL_EDIT}
        | {P.APPOINTMENT_STATUS, P.APPOINTMENT_VIEW, P.APPOINTMENT_EDIT, P.REMINDER_STATUS}
        | {P.DOCUMENT_OWN, P.DOCUMENT_SUBMIT, P.CONSENT_STATUS, P.CONSENT_VIEW, P.CONSENT_EDIT, P.DISCLOSURE_OWN}
        | {P.STAFF_DIRECTORY, P.CALENDAR_VIEW, P.EMERGENCY_OPEN},
    },
    Role.PATIENT_CARE: {
        A: _SHARED_PATH
        | {P.IDENTITY_VIEW, P.CONTACT_VIEW, P.CONTACT_EDIT, P.SAFETY_EDIT, P.COVERAGE_STATUS, P.INTAKE_VIEW}
        | {P.ASSESSMENT_STATUS, P.PACKET_VIEW, P.ASSESSMENT_VIEW, P.ASSESSMENT_EDIT}
        | {P.PLAN_STATUS, P.PLAN_VIEW, P.PLAN_EDIT, P.OPTION_VIEW, P.REFERRAL_VIEW, P.REFERRAL_EDIT}
        | {P.ACTIVITY_STATUS, P.ACTIVITY_VIEW, P.APPOINTMENT_STATUS, P.APPOINTMENT_VIEW, P.APPOINTMENT_EDIT}
        | {P.REMINDER_STATUS, P.DOCUMENT_VIEW, P.DOCUMENT_OWN, P.DOCUMENT_EDIT, P.DOCUMENT_SUBMIT}
        | {P.CONSENT_STATUS, P.CONSENT_VIEW, P.CONSENT_EDIT, P.COUNSELING_STATUS, P.DISCLOSURE_OWN},
        F: {P.STAFF_DIRECTORY, P.CALENDAR_VIEW, P.EMERGENCY_OPEN},
    },
    Role.TREATMENT: {
        F: _SHARED_PATH
        | {P.IDENTITY_VIEW, P.CONTACT_VIEW, P.CONTACT_EDIT, P.PACKET_VIEW, P.ASSESSMENT_STATUS}
        | {P.PLAN_STATUS, P.PLAN_VIEW, P.OPTION_VIEW, P.OPTION_EDIT, P.ACTIVITY_STATUS}
        | {P.APPOINTMENT_STATUS, P.APPOINTMENT_VIEW, P.APPOINTMENT_EDIT, P.APPOINTMENT_OVERRIDE}
        | {P.REMINDER_STATUS, P.REMINDER_EDIT, P.DOCUMENT_OWN, P.DOCUMENT_SUBMIT, P.CONSENT_STATUS}
        | {P.DISCLOSURE_OWN, P.STAFF_DIRECTORY, P.CALENDAR_VIEW, P.CALENDAR_EDIT, P.EMERGENCY_OPEN},
        A: {P.REFERRAL_VIEW},
    },
    Role.ACTIVITIES: {
        A: _SHARED_PATH
        | {P.PLAN_EXTRACT, P.ACTIVITY_STATUS, P.ACTIVITY_VIEW, P.ACTIVITY_EDIT, P.APPOINTMENT_STATUS}
        | {P.DOCUMENT_OWN, P.DOCUMENT_SUBMIT},
        F: {P.STAFF_DIRECTORY, P.CALENDAR_VIEW, P.PROGRAM_EDIT, P.EMERGENCY_OPEN},
    },
    Role.PHYSICIAN_SERVICES: {
        F: {P.STAFF_DIRECTORY, P.STAFF_VIEW, P.STAFF_EDIT, P.CALENDAR_EDIT},
    },
    Role.CLERK: {
        F: {P.NAME_VIEW, P.IDENTITY_VIEW, P.HANDOFF_VIEW, P.DOCUMENT_FILE, P.CONSENT_STATUS, P.CONSENT_VIEW}
        | {P.CONSENT_EDIT, P.DISCLOSURE_VIEW, P.DISCLOSURE_OWN, P.DISCLOSURE_EDIT}
        | {P.STAFF_DIRECTORY, P.EMERGENCY_OPEN},
        R: {P.CONTACT_VIEW, P.COVERAGE_STATUS, P.COVERAGE_VIEW, P.INTAKE_VIEW, P.ASSESSMENT_VIEW, P.PACKET_VIEW}
        | {P.PLAN_VIEW, P.OPTION_VIEW, P.REFERRAL_VIEW, P.ACTIVITY_VIEW, P.APPOINTMENT_VIEW, P.DOCUMENT_VIEW}
        | {P.COUNSELING_VIEW},
    },
    Role.CLINICIAN: {
        A: _SHARED_PATH
        | {P.IDENTITY_VIEW, P.CONTACT_VIEW, P.SAFETY_EDIT, P.INTAKE_VIEW, P.ASSESSMENT_STATUS, P.PACKET_VIEW}
        | {P.ASSESSMENT_VIEW, P.ASSESSMENT_EDIT, P.PLAN_STATUS, P.PLAN_VIEW, P.PLAN_APPROVE, P.OPTION_VIEW}
        | {P.REFERRAL_VIEW, P.ACTIVITY_STATUS, P.ACTIVITY_VIEW, P.APPOINTMENT_STATUS, P.APPOINTMENT_VIEW}
        | {P.DOCUMENT_VIEW, P.DOCUMENT_OWN, P.DOCUMENT_EDIT, P.CONSENT_STATUS, P.CONSENT_VIEW}
        | {P.COUNSELING_STATUS, P.COUNSELING_OWN, P.DISCLOSURE_OWN},
        F: {P.STAFF_DIRECTORY, P.CALENDAR_VIEW, P.EMERGENCY_OPEN},
    },
    Role.PRIVACY_OFFICER: {
        R: {P.NAME_VIEW, P.IDENTITY_VIEW, P.CONTACT_VIEW, P.COVERAGE_STATUS, P.COVERAGE_VIEW, P.INTAKE_VIEW}
        | {P.ASSESSMENT_STATUS, P.ASSESSMENT_VIEW, P.PACKET_VIEW, P.PLAN_STATUS, P.PLAN_VIEW, P.OPTION_VIEW}
        | {P.REFERRAL_VIEW, P.APPOINTMENT_STATUS, P.APPOINTMENT_VIEW, P.DOCUMENT_VIEW},
        F: {P.CONSENT_STATUS, P.CONSENT_VIEW, P.REMINDER_STATUS, P.COUNSELING_STATUS, P.DISCLOSURE_VIEW}
        | {P.DISCLOSURE_APPROVE, P.RESTRICTED_VIEW, P.RESTRICTED_EDIT}
        | {P.STAFF_DIRECTORY, P.AUDIT_VIEW, P.AUDIT_APPROVE, P.FORMS_EDIT},
    },
    Role.TECHNICAL: {
        F: {P.STAFF_DIRECTORY, P.SETUP_EDIT},
    },
}

# What breaking the glass adds for 60 minutes, to read: the classes marked `b` in docs/access.md, and never a
# counseling note. On a restricted chart it also gives back what the role holds there anyway.
_CHART_IN_AN_EMERGENCY = (
    _SHARED_PATH - {P.HANDOFF_EDIT}
    | {P.IDENTITY_VIEW, P.CONTACT_VIEW, P.INTAKE_VIEW, P.ASSESSMENT_STATUS, P.ASSESSMENT_VIEW, P.PACKET_VIEW}
    | {P.PLAN_STATUS, P.PLAN_VIEW, P.OPTION_VIEW}
)  # fmt: skip
BREAK_GLASS: dict[Role, set[Perm]] = {
    Role.PATIENT_CARE: _CHART_IN_AN_EMERGENCY,
    Role.CLINICIAN: _CHART_IN_AN_EMERGENCY,
    Role.ACTIVITIES: {P.NAME_VIEW, P.SAFETY_VIEW, P.CONTACT_VIEW, P.INTAKE_VIEW},
}


def scope_of(role: str, perm: Perm) -> Scope | None:
    """The widest scope in which a role holds a permission, None when it holds it nowhere."""
    rows = GRANTS.get(Role(role), {})
    return next((scope for scope in Scope if perm in rows.get(scope, ())), None)
