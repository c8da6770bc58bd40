"""A plan, a packet and options, written the way the desks write them."""

from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.roles import Role
from careplans import services
from careplans.models import Assessment, CarePlan, Intervention, PlanPresentation, TreatmentOption
from patients.models import Patient
from tests.world import World


def plan(patient: Patient, by: User) -> CarePlan:
    """A draft with one row of each level."""
    row = services.start_plan(patient=patient, by=by)
    problem = services.add_problem(plan=row, text="Drinks more than wanted", by=by)
    goal = services.add_goal(problem=problem, text="Good evenings", by=by)
    objective = services.add_objective(goal=goal, text="Names three triggers", by=by)
    services.add_intervention(objective=objective, text="Counseling", times_per_week=Decimal(1), by=by)
    return row


def leaf(of: CarePlan) -> Intervention:
    return Intervention.objects.get(objective__goal__problem__plan=of)


def draft(patient: Patient, by: User, **fields: Any) -> Assessment:
    """A packet with everything it needs to be sent."""
    fields = {
        "findings": "Alcohol use daily for two years.",
        "precautions": "Withdrawal risk.",
        "diagnosis_codes": ["F10.20"],
        "available_plans": [{"title": "Intensive outpatient"}, {"title": "Weekly counseling"}],
        **fields,
    }
    return services.save_assessment(patient=patient, by=by, **fields)


def packet(patient: Patient, by: User) -> Assessment:
    return services.send_assessment(assessment=draft(patient, by), by=by)


def option(of: Assessment, by: User, title: str = "Weekly counseling", **fields: Any) -> TreatmentOption:
    fields = {
        "benefits": "Fits beside work.",
        "risks": "Takes longer.",
        "cost_total": Decimal("1000.00"),
        "cost_covered": Decimal("900.00"),
        "instalments": 3,
        **fields,
    }
    return services.save_option(option=TreatmentOption(title=title, **fields), assessment=of, by=by)


def presentation(of: Assessment, by: User) -> PlanPresentation:
    """Two options, shown."""
    option(of, by)
    option(of, by, "Intensive outpatient", cost_total=Decimal("4000.00"))
    return services.start_presentation(patient=of.patient, by=by)


def accept(shown: PlanPresentation, by: User, **fields: Any) -> PlanPresentation:
    first = shown.episode.treatment_options.order_by("position").first()
    fields = {"option": first, "signer_name": "Marisol Rivera", **fields}
    return services.accept_option(presentation=shown, by=by, **fields)


# For the access matrix.
def world_plan(world: World) -> CarePlan:
    return plan(world.patient, world.people[Role.PATIENT_CARE])


def world_packet(world: World) -> Assessment:
    return packet(world.patient, world.people[Role.CLINICIAN])


def world_presentation(world: World) -> PlanPresentation:
    return presentation(world_packet(world), world.people[Role.TREATMENT])
