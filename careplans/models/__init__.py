"""Care plans, the physician's packet, treatment options and their acceptance."""

from careplans.models.assessments import Assessment
from careplans.models.options import AvailablePlan, PlanPresentation, TreatmentOption
from careplans.models.plans import CarePlan, Goal, Intervention, Objective, PlanAcknowledgement, Problem

__all__ = [
    "Assessment",
    "AvailablePlan",
    "CarePlan",
    "Goal",
    "Intervention",
    "Objective",
    "PlanAcknowledgement",
    "PlanPresentation",
    "Problem",
    "TreatmentOption",
]
