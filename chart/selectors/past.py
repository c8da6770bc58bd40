"""The chart as it was at a moment, and who could see it then. Under the gate of today, and to read only."""

from datetime import datetime, tzinfo
from typing import Any

from django.db.models import Model, Q
from django.utils import timezone

from accounts.models import Membership, User
from accounts.roles import GRANTS, Perm, Role, Scope
from careplans.models import CarePlan, Goal, Intervention, Objective, Problem
from core.history import as_of
from core.labels import when_label
from episodes.models import EpisodeOfCare
from patients.languages import language_name
from patients.models import (
    AllergyIntolerance,
    CareTeamMember,
    ContactPoint,
    EmergencyAccess,
    Flag,
    GrantPeriod,
    Patient,
    PatientFacility,
    Relation,
    Restriction,
)
from scheduling.models import Appointment, AppointmentType

Row = dict[str, Any]
# What the page shows, each under its own permission: the classes for the read log.
SHOWN = {
    Perm.IDENTITY_VIEW, Perm.CONTACT_VIEW, Perm.SAFETY_VIEW, Perm.HANDOFF_VIEW, Perm.PLAN_VIEW, Perm.APPOINTMENT_VIEW,
}  # fmt: skip
IDENTITY = ("preferred_name", "pronouns", "given_name", "family_name", "birth_date", "gender", "language")


def past_chart(patient: Patient, moment: datetime, zone: tzinfo) -> Row:
    """Each part as the viewer's rights of today allow, None for what they do not. A fixed number of queries."""
    held = patient.held
    return {
        "known": patient.created_at <= moment,
        "identity": _identity(patient, moment) if Perm.IDENTITY_VIEW in held else None,
        "contact": _contact(patient, moment) if Perm.CONTACT_VIEW in held else None,
        "safety": _safety(patient, moment) if Perm.SAFETY_VIEW in held else None,
        "path": _path(patient, moment, zone) if Perm.HANDOFF_VIEW in held else None,
        "team": _team(patient, moment) if Perm.HANDOFF_VIEW in held else None,
        "plan": _plan(patient, moment) if Perm.PLAN_VIEW in held else None,
        "appointments": _appointments(patient, moment, zone) if Perm.APPOINTMENT_VIEW in held else None,
    }


def who_could_see(patient: Patient, moment: datetime, zone: tzinfo, *, flag: bool) -> Row:
    """Everybody to whom the chart was open then, with the rule; `flag` says whether the restriction may be told.

    From memberships, the periods of grants, emergency accesses and restrictions: five queries.
    """
    belonged = as_of(PatientFacility, moment, "patient_id", [patient.pk])
    places = {row.facility_id for row in belonged if row.ends_at is None or row.ends_at > moment}
    worked = _in_force(Membership, moment).filter(facility__in=places).select_related("user", "facility")
    periods = list(_in_force(GrantPeriod, moment).filter(Q(until__isnull=True) | Q(until__gt=moment), patient=patient))
    restrictions = _restrictions(patient, moment)
    rows = [row for member in worked if (row := _seer(member, periods))]
    glasses = _in_force(EmergencyAccess, moment, "ended_at").filter(patient=patient, until__gt=moment)
    rows += [_by_glass(row, zone) for row in glasses.select_related("user")]
    rows.sort(key=lambda row: (row["by"] == EVERYBODY, row["who"]))
    return {"rows": rows, "restricted": flag and bool(restrictions)}


EVERYBODY = "Role for the whole facility"


def _in_force(model: Any, moment: datetime, end: str = "ends_at") -> Any:
    ends = Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": moment})
    return model.objects.filter(ends, starts_at__lte=moment)


def _restrictions(patient: Patient, moment: datetime) -> list[Any]:
    rows = as_of(Restriction, moment, "patient_id", [patient.pk])
    return [row for row in rows if row.kind == Restriction.Kind.CHART and row.status == Restriction.Status.ACTIVE]


def _seer(member: Membership, periods: list[GrantPeriod]) -> Row | None:
    """By which rule this member could see the name at least; None for who could not."""
    rights = GRANTS[Role(member.role)]
    row = {"who": str(member.user), "role": member.get_role_display()}
    if Perm.NAME_VIEW in rights.get(Scope.FACILITY, ()):
        return row | {"by": EVERYBODY}
    mine = [
        period
        for period in periods
        if period.facility_id == member.facility_id
        and (period.user_id == member.user_id or (period.user_id is None and period.role == member.role))
    ]
    carried = [period for period in mine if Perm.NAME_VIEW in rights.get(_scope(period), ())]
    if not carried:
        return None
    return row | {"by": ", ".join(sorted({Relation(period.relation).label for period in carried}))}


def _scope(period: GrantPeriod) -> Scope:
    return Scope.REQUEST if period.relation == Relation.REQUEST else Scope.ASSIGNED


def _by_glass(row: EmergencyAccess, zone: tzinfo) -> Row:
    since = when_label(row.starts_at, zone)
    return {"who": str(row.user), "role": row.get_role_display(), "by": f"Emergency access since {since}"}


def _identity(patient: Patient, moment: datetime) -> list[Row]:
    rows = as_of(Patient, moment, "id", [patient.pk])
    return [{"label": _label(Patient, name), "value": _value(rows[0], name)} for name in IDENTITY] if rows else []


def _contact(patient: Patient, moment: datetime) -> list[Row]:
    rows = as_of(ContactPoint, moment, "patient_id", [patient.pk])
    return [{"label": row.get_system_display(), "value": row.value} for row in rows if row.use != ContactPoint.Use.OLD]


def _safety(patient: Patient, moment: datetime) -> list[str]:
    allergies = as_of(AllergyIntolerance, moment, "patient_id", [patient.pk])
    flags = as_of(Flag, moment, "patient_id", [patient.pk])
    active = AllergyIntolerance.ClinicalStatus.ACTIVE
    said = [f"Allergy: {row.substance}" for row in allergies if row.clinical_status == active]
    return [row.text for row in flags if row.ends_at is None or row.ends_at > moment] + said


def _path(patient: Patient, moment: datetime, zone: tzinfo) -> list[Row]:
    rows = as_of(EpisodeOfCare, moment, "patient_id", [patient.pk])
    people = User.objects.in_bulk({row.owner_id for row in rows if row.owner_id})
    return [
        {
            "status": row.get_status_display(),
            "owner": str(people.get(row.owner_id, "")),
            "next_step": row.next_step,
            "due": when_label(row.due_at, zone) if row.due_at else "",
        }
        for row in sorted(rows, key=lambda row: row.starts_at, reverse=True)
    ]


def _team(patient: Patient, moment: datetime) -> list[Row]:
    rows = as_of(CareTeamMember, moment, "patient_id", [patient.pk])
    there = [row for row in rows if row.starts_at <= moment and (row.ends_at is None or row.ends_at > moment)]
    people = User.objects.in_bulk({row.user_id for row in there})
    return [{"who": str(people[row.user_id]), "role": row.get_role_display()} for row in there]


def _plan(patient: Patient, moment: datetime) -> Row | None:
    """The newest plan of then with its tree: one query for each level."""
    plans = as_of(CarePlan, moment, "patient_id", [patient.pk])
    if not plans:
        return None
    plan = max(plans, key=lambda row: (row.created_at, row.id))
    levels = ((Problem, "plan_id"), (Goal, "problem_id"), (Objective, "goal_id"), (Intervention, "objective_id"))
    children: dict[tuple[str, int], list[Row]] = {}
    owners, kinds = {plan.id}, []
    for model, owner in levels:
        rows = as_of(model, moment, owner, owners)
        kinds.append((model, owner, sorted(rows, key=lambda row: (row.position, row.id))))
        owners = {row.id for row in rows}
    for model, owner, rows in reversed(kinds):
        below = _below(model)
        for row in rows:
            node = {"text": row.text, "sub": _state(row), "rows": children.get((below, row.id), [])}
            children.setdefault((model.__name__, getattr(row, owner)), []).append(node)
    return {
        "status": plan.get_status_display(),
        "edition": plan.edition,
        "needs": plan.needs,
        "precautions": plan.precautions,
        "rows": children.get(("Problem", plan.id), []),
    }


def _below(model: type[Model]) -> str:
    return {"Problem": "Goal", "Goal": "Objective", "Objective": "Intervention"}.get(model.__name__, "")


def _state(row: Any) -> str:
    for name in ("get_lifecycle_status_display", "get_status_display", "get_modality_display"):
        if hasattr(row, name):
            return str(getattr(row, name)())
    return ""


def _appointments(patient: Patient, moment: datetime, zone: tzinfo) -> list[Row]:
    """Those to come at that moment, as they stood then."""
    rows = [row for row in as_of(Appointment, moment, "patient_id", [patient.pk]) if row.starts_at >= moment]
    types = AppointmentType.objects.in_bulk({row.type_id for row in rows})
    return [
        {
            "when": when_label(row.starts_at, zone),
            "what": str(types[row.type_id].name),
            "status": row.get_status_display(),
        }
        for row in sorted(rows, key=lambda row: row.starts_at)
    ]


def _label(model: type[Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.verbose_name).capitalize()


def _value(row: Any, name: str) -> str:
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display else getattr(row, name)
    if name == "birth_date" and value:
        return f"{value:%b} {value.day}, {value.year}"
    if name == "language":
        return language_name(value)
    return str(value or "")


def moment_of(text: str, zone: tzinfo) -> datetime | None:
    """`2026-11-20T14:30` of the picker as a moment of the zone; None for what is none, or lies ahead."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return moment if moment <= timezone.now() else None
