"""What was found out, said and planned."""

from django.db.models import Q

from careplans.models import Assessment
from chart.selectors.packets.span import Entry, Span, facts
from intake.models import IntakeInterview, LevelOfCareDetermination, Screening, SubstanceUse
from patients.models import Condition
from records.models import CounselingNote, Document


def intake(span: Span) -> list[Entry]:
    """Interviews that are done, screenings, levels of care determined."""
    interviews = IntakeInterview.objects.filter(span.of_moments("completed_at"), patient=span.patient)
    done = interviews.filter(completed_at__isnull=False, episode__facility=span.facility).prefetch_related("substances")
    found = [Entry("Intake interview", _interview(row), span.day(row.completed_at)) for row in done.order_by("pk")]
    screenings = Screening.objects.filter(span.of_moments("completed_at"), patient=span.patient)
    screenings = screenings.filter(episode__facility=span.facility).exclude(status=Screening.Status.IN_PROGRESS)
    for row in screenings.order_by("completed_at", "pk"):
        said = f"Score {row.score}: {row.band}"
        found.append(Entry(f"Screening {row.instrument.upper()}", said, span.day(row.completed_at)))
    levels = LevelOfCareDetermination.objects.filter(span.of_moments("decided_at"), patient=span.patient)
    for level in levels.filter(episode__facility=span.facility).select_related("recommended", "decided"):
        said = facts(("Recommended", level.recommended), ("Decided", level.decided), ("Why", level.difference_reason))
        found.append(Entry("Level of care", said, span.day(level.decided_at)))
    return found


def assessment(span: Span) -> list[Entry]:
    """Diagnoses, allergies, signed notes with their addenda, and the physician's assessments that were sent."""
    return _diagnoses(span) + _notes(span) + _assessments(span)


def plan(span: Span) -> list[Entry]:
    """The care plan and the accepted option as they were written down, in force now."""
    kinds = (Document.Kind.CARE_PLAN, Document.Kind.ACCEPTANCE)
    rows = Document.objects.filter(
        span.of_moments("created_at"), patient__in=span.patient.same_person, facility=span.facility, kind__in=kinds,
        status=Document.Status.CURRENT,
    )  # fmt: skip
    return [Entry(row.title, row.text, span.day(row.created_at)) for row in rows.order_by("created_at", "pk")]


def counseling(span: Span) -> list[Entry]:
    """Signed counseling notes: only ever by a consent of their own."""
    rows = CounselingNote.objects.filter(
        span.of_moments("session_at"), patient__in=span.patient.same_person, facility=span.facility,
        entered_in_error=False, signed_at__isnull=False,
    ).select_related("author")  # fmt: skip
    return [Entry(f"Session, {row.author}", row.text, span.day(row.session_at)) for row in rows.order_by("session_at")]


def _interview(row: IntakeInterview) -> str:
    return facts(
        ("Concern", row.presenting_concern), ("Health", row.health_history), ("Medications", row.medications),
        ("Earlier treatments", row.prior_treatments), ("Living", row.get_living_arrangement_display()),
        ("Work", row.get_employment_display()), ("Surroundings", row.recovery_environment),
        ("Strengths and wishes", row.strengths_and_wishes),
        ("Substances", "; ".join(_substance(use) for use in row.substances.all())),
    )  # fmt: skip


def _substance(row: SubstanceUse) -> str:
    parts = (row.get_substance_display(), row.get_route_display(), row.get_frequency_display())
    return ", ".join(part for part in parts if part)


def _diagnoses(span: Span) -> list[Entry]:
    wrong = Condition.VerificationStatus.ENTERED_IN_ERROR
    rows = span.patient.conditions.exclude(verification_status=wrong).order_by("-is_primary", "pk")
    lines = [f"{row.display} ({row.code})" if row.code else row.display for row in rows]
    allergies = span.patient.allergies.filter(entered_in_error=False).order_by("pk")
    lines += [f"Allergy: {row.substance}{f', {row.reaction}' if row.reaction else ''}" for row in allergies]
    return [Entry("Diagnoses and allergies", "\n".join(lines))] if lines else []


def _notes(span: Span) -> list[Entry]:
    rows = span.patient.notes.filter(span.of_moments("signed_at"), signed_at__isnull=False, entered_in_error=False)
    here = Q(author__memberships__facility=span.facility)  # notes name no facility: their authors' is meant
    rows = rows.filter(here).select_related("author").distinct().order_by("signed_at", "pk")
    return [
        Entry(
            f"{'Addendum to a note' if row.addendum_to_id else row.get_kind_display()}, {row.author}",
            row.text,
            span.day(row.signed_at),
        )
        for row in rows
    ]


def _assessments(span: Span) -> list[Entry]:
    rows = Assessment.objects.filter(span.of_moments("completed_at"), patient=span.patient, facility=span.facility)
    done = rows.filter(status=Assessment.Status.COMPLETED).select_related("author").order_by("completed_at", "pk")
    return [
        Entry(
            f"Physician’s assessment, {row.author}",
            facts(("Findings", row.findings), ("Precautions", row.precautions)),
            span.day(row.completed_at),
        )
        for row in done
    ]
