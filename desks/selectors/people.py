"""The list of people: one's caseload, or everyone of the facility."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.fields import BooleanField
from django.urls import reverse
from django.utils import timezone

from accounts.access import scopes
from accounts.models import Facility, User
from accounts.roles import Perm, Role, Scope
from core.labels import due_label
from core.times import day_bounds, today
from episodes.models import EpisodeOfCare, EpisodeStep, LevelOfCare
from patients.access import asks_reason, read_of, related, visible_patients
from patients.models import CareTeamMember, Patient

PAGE_SIZE = 50
TONES = {"planned": "info", "waitlist": "warning", "active": "success", "onhold": "warning"}
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class PersonRow:
    """One person as the list prints it; `number` and `born` are empty for roles that see the name only."""

    url: str
    name: str
    number: str
    age: str
    status: str
    tone: str
    step: str
    level: str
    owner: str
    next_step: str
    due: Any


def people_page(user: User, facility: Facility, chosen: dict[str, str], page: str) -> tuple[Page, list[PersonRow]]:
    """One page of the people whose path the person may see, and its rows. Four queries, however many there are.

    `chosen` may hold whose, status, level, due and sort, as `desks.forms.PeopleFilter` names them.
    """
    people = visible_patients(user, Perm.HANDOFF_VIEW, facility).filter(merged_into__isnull=True)
    people = people.filter(_wanted(user, facility, chosen))
    people = _with_path(_ordered(people, facility, chosen), user, facility)
    found = Paginator(people, PAGE_SIZE).get_page(page)
    return found, _rows(list(found), facility)


def levels_of_care() -> list[tuple[str, str]]:
    """The levels in use as choices, newest edition first. One query."""
    return [(str(row.pk), str(row)) for row in LevelOfCare.objects.all()]


def everyone_is_visible(user: User, facility: Facility) -> bool:
    """Whether the list shows the whole facility, so that “mine” says something."""
    return Scope.FACILITY in scopes(user, Perm.HANDOFF_VIEW).get(facility.pk, set())


def age_band(age: int | None) -> str:
    """`30 to 39 years`, for roles that know the name only."""
    return "" if age is None else f"{age // 10 * 10} to {age // 10 * 10 + 9} years"


def _open(facility: Facility) -> QuerySet[EpisodeOfCare]:
    return EpisodeOfCare.objects.open().filter(facility=facility)


def _wanted(user: User, facility: Facility, chosen: dict[str, str]) -> Q:
    status, episodes = chosen.get("status", ""), _open(facility).filter(patient=OuterRef("pk"))
    narrowed = "level" in chosen or "due" in chosen
    if status in EpisodeOfCare.OPEN:
        episodes = episodes.filter(status=status)
    if "level" in chosen:
        episodes = episodes.filter(level_of_care_id=int(chosen["level"]))
    if "due" in chosen:
        episodes = episodes.filter(_due(facility, chosen["due"]))
    wanted = Q(pk__isnull=False)
    if status == "none":
        wanted &= ~Q(Exists(_open(facility).filter(patient=OuterRef("pk"))))
    if status != "any" and status != "none" or narrowed:
        wanted &= Q(Exists(episodes))
    return wanted & _mine(user, facility) if chosen.get("whose") else wanted


def _mine(user: User, facility: Facility) -> Q:
    """On whose team the person is, or whose baton the person holds."""
    team = CareTeamMember.objects.filter(user=user, facility=facility, ends_at__isnull=True, patient=OuterRef("pk"))
    return Q(Exists(team)) | Q(Exists(_open(facility).filter(owner=user, patient=OuterRef("pk"))))


def _due(facility: Facility, when: str) -> Q:
    now = timezone.now()
    _, tonight = day_bounds(today(facility.tz), facility.tz)
    ends = {"overdue": now, "today": tonight, "week": tonight + timedelta(days=6)}[when]
    return Q(due_at__lt=ends) if when == "overdue" else Q(due_at__gte=now, due_at__lt=ends)


def _ordered(people: QuerySet[Patient], facility: Facility, chosen: dict[str, str]) -> QuerySet[Patient]:
    """By name as the index has it, or by the due time of the next step, people without one last."""
    if chosen.get("sort") != "due":
        return people
    due = Subquery(_open(facility).filter(patient=OuterRef("pk")).values("due_at")[:1])
    return people.annotate(next_due=due).order_by(F("next_due").asc(nulls_last=True), "pk")


def _with_path(people: QuerySet[Patient], user: User, facility: Facility) -> QuerySet[Patient]:
    steps = EpisodeStep.objects.filter(withdrawn_at__isnull=True).order_by("reached_at", "pk")
    episodes = _open(facility).select_related("owner", "level_of_care")
    episodes = episodes.prefetch_related(Prefetch("steps", steps, to_attr="reached"))
    people = people.annotate(shows_identity=_identity(user, facility), asks_reason=asks_reason(user, facility))
    return people.prefetch_related(Prefetch("episodes", episodes, to_attr="open_episodes"))


def _identity(user: User, facility: Facility) -> ExpressionWrapper | Value:
    held = scopes(user, Perm.IDENTITY_VIEW).get(facility.pk, set())
    if not held:
        return Value(False, output_field=BooleanField())
    whom = Q() if Scope.FACILITY in held else related(user, Perm.IDENTITY_VIEW, facility)
    return ExpressionWrapper(~Q(asks_reason(user, facility)) & whom, output_field=BooleanField())


def _rows(people: list[Patient], facility: Facility) -> list[PersonRow]:
    address = _addresses()
    day, now = today(facility.tz), timezone.now()
    return [_row(patient, address(patient.uuid), facility, day, now) for patient in people]


def _row(patient: Any, url: str, facility: Facility, day: Any, now: Any) -> PersonRow:
    age, shows = patient.age_on(day), patient.shows_identity
    episode = patient.open_episodes[0] if patient.open_episodes else None
    return PersonRow(
        url=url,
        name=patient.list_name,
        number=patient.record_number if shows else "",
        age="" if patient.asks_reason else (str(age) if age is not None else "") if shows else age_band(age),
        status=episode.get_status_display() if episode else "Died" if patient.deceased else "Not in care now",
        tone=TONES[episode.status] if episode else "neutral",
        step=episode.reached[-1].get_kind_display() if episode and episode.reached and not patient.asks_reason else "",
        level=str(episode.level_of_care or "") if episode and not patient.asks_reason else "",
        owner=f"{episode.owner} · {Role(episode.owner_role).label}" if episode else "",
        next_step=read_of(patient, episode.next_step) if episode else "",
        due=due_label(episode.due_at, facility.tz, now) if episode and episode.due_at else None,
    )


def _addresses() -> Callable[[UUID], str]:
    """The address of a person's page without resolving it for each row."""
    before, after = reverse("chart:patient_detail", args=[NOBODY]).split(str(NOBODY))
    return lambda uuid: f"{before}{uuid}{after}"
