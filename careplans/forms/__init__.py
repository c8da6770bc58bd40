"""Shape of what is typed on the pages of care plans, packets and options."""

from careplans.forms.assessment import AssessmentForm, AssessmentRequestForm
from careplans.forms.option import AcceptanceForm, DeclineForm, OptionForm
from careplans.forms.plan import (
    GoalForm,
    InterventionForm,
    LibraryForm,
    ObjectiveForm,
    PlanForm,
    ProblemForm,
)

__all__ = [
    "AcceptanceForm",
    "AssessmentForm",
    "AssessmentRequestForm",
    "DeclineForm",
    "GoalForm",
    "InterventionForm",
    "LibraryForm",
    "ObjectiveForm",
    "OptionForm",
    "PlanForm",
    "ProblemForm",
]
