"""The read log as those see it who watch over it, and as the patient may see it.

It names a person only to who may know the name anyway; to everybody else a chart is its number in this system, which
says nothing outside of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEvent, Facility, User
from accounts.roles import Perm
from accounts.selectors import line_row
from patients.access import visible_patients
from patients.models import Patient

Row = dict[str, Any]

PER_PAGE = 50
MOST_EXPORTED = 100_000
FORMULA = "=+-@\t\r"  # what a spreadsheet would take for the start of one


@dataclass(frozen=True)
class Question:
    """What is asked of the log; None and "" ask for everything."""

    user_id: int | None = None
    patient_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    action: str = ""
    outcome: str = ""
    subject: str = ""  # the first half of a permission, such as `plan`


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    older: str | None  # the mark to go on from


def log_page(asker: User, facility: Facility, question: Question, mark: str = "") -> Page:
    """Fifty lines of the facility, newest first, after the mark. Four queries, however long the log is."""
    found = list(_after(_lines(facility, question), mark)[: PER_PAGE + 1])
    shown = found[:PER_PAGE]
    last = shown[-1] if len(found) > PER_PAGE else None
    return Page(_rows(asker, facility, shown), f"{last.at.isoformat()}~{last.pk}" if last else None)


def log_table(facility: Facility, question: Question) -> Iterator[list[str]]:
    """The same lines for a spreadsheet, a head first: staff by name, charts by number. 100,000 lines at most."""
    yield ["When (UTC)", "Person", "Action", "What", "Chart", "Outcome", "Reason"]
    names = {user.pk: str(user) for user in User.objects.all()}
    for event in _lines(facility, question)[:MOST_EXPORTED].iterator(chunk_size=2000):
        row = line_row(event, None)
        who = names.get(event.user_id or 0, "").lstrip(FORMULA)
        what = [row["action"], row["what"], str(event.patient_id or ""), row["outcome"], row["why"]]
        yield [f"{event.at:%Y-%m-%d %H:%M:%S}", who, *what]


def staff_of(facility: Facility) -> list[User]:
    """Everybody who works or worked at the facility, by name."""
    return list(User.objects.filter(memberships__facility=facility).distinct())


def staff_member(facility: Facility, uuid: str) -> User:
    """Raises Http404 for somebody who never worked there."""
    found = User.objects.filter(memberships__facility=facility, uuid=uuid).first()
    if found is None:
        raise Http404
    return found


def chart(facility: Facility, uuid: UUID | None) -> Patient | None:
    """A patient who belongs or belonged to the facility."""
    return Patient.objects.filter(facilities__facility=facility, uuid=uuid).first() if uuid else None


def chart_names(asker: User, facility: Facility, ids: Iterable[int]) -> dict[int, str]:
    """The names of those patients whose name the asker may read anyway. One query."""
    visible = visible_patients(asker, Perm.NAME_VIEW, facility).filter(pk__in=set(ids)).order_by()
    return {patient.pk: patient.list_name for patient in visible}


def _lines(facility: Facility, question: Question) -> QuerySet[AccessEvent]:
    wanted = {
        "user_id": question.user_id, "patient_id": question.patient_id, "at__gte": question.since,
        "at__lt": question.until, "action": question.action, "outcome": question.outcome,
    }  # fmt: skip
    rows = AccessEvent.objects.filter(facility_id=facility.pk, **{key: value for key, value in wanted.items() if value})
    if question.subject:
        rows = rows.filter(Q(data_class=question.subject) | Q(data_class__startswith=f"{question.subject}."))
    return rows.order_by("-at", "-pk")


def _after(rows: QuerySet[AccessEvent], mark: str) -> QuerySet[AccessEvent]:
    """By key and not by number of lines, so that page 20,000 is as quick as the first. A mark that is none: all."""
    moment, _, pk = mark.partition("~")
    try:
        at, number = datetime.fromisoformat(moment), int(pk)
    except ValueError:
        return rows
    if timezone.is_naive(at):
        return rows
    return rows.filter(at__lte=at).exclude(at=at, pk__gte=number)


def _rows(asker: User, facility: Facility, events: list[AccessEvent]) -> list[Row]:
    people = User.objects.in_bulk({event.user_id for event in events if event.user_id})
    ids = {event.patient_id for event in events if event.patient_id}
    uuids = dict(Patient.objects.filter(pk__in=ids).values_list("pk", "uuid"))
    names = chart_names(asker, facility, ids) if ids else {}
    return [_row(event, facility, people, uuids, names) for event in events]


def _row(
    event: AccessEvent, facility: Facility, people: dict[int, User], uuids: dict[int, UUID], names: dict[int, str]
) -> Row:
    pk, uuid = event.patient_id, uuids.get(event.patient_id or 0)
    person = people.get(event.user_id or 0)
    return line_row(event, facility.tz) | {
        "who": str(person) if person else "Nobody signed in" if event.user_id is None else f"Person {event.user_id}",
        "who_uuid": person.uuid if person else "",
        "chart": names.get(pk or 0) or (f"Chart {pk}" if pk else ""),
        "chart_uuid": uuid or "",
        "chart_url": reverse("patients:who_looked", args=[uuid]) if uuid else "",
    }
