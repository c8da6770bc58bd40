"""What a plan says of each day of a series, done by the services of single visits."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction

from accounts.models import User
from core import audit
from core.errors import DomainError
from scheduling.models import Appointment, Series
from scheduling.selectors.seriesplan import Line, Terms, What
from scheduling.services.booking import book_appointment, cancel_appointment, move_appointment
from scheduling.services.locks import locked

NO_DAY = "No longer a day of the series"
LEFT_OUT = "Left out of the series on this day"
NO_INTERPRETER = "Booked again without an interpreter"
# First what frees time, then what takes it.
ORDER = (What.CANCEL, What.OWN, What.OUT, What.KEEP, What.MOVE, What.BOOK)


class Choice(StrEnum):
    """What a person says of a day instead of another time."""

    PLAN = "plan"
    STAY = "stay"  # a visit stays where it is, as an exception from now on
    OUT = "out"  # no visit on that day


Choices = Mapping[date, datetime | Choice]


class DaysRefused(DomainError):
    """Some days cannot be as planned, and nothing is changed. `days` says why of each."""

    def __init__(self, days: Mapping[date, str]) -> None:
        text = "Some days do not work. Choose another time for each, or leave it out."
        super().__init__(text, code="series.days")
        self.days = dict(days)


def carry_out(
    series: Series, terms: Terms, lines: Sequence[Line], *, choices: Choices, by: User, skip_conflicts: bool = False
) -> list[date]:
    """Book, move, keep and cancel as the lines and the choices say; answers the days left out. Call it under locks.

    A day that has another time than the series says is an exception. With `skip_conflicts` a day that cannot be
    booked is left out. Raises DaysRefused with all days that cannot be as planned.
    """
    out: list[date] = []
    refused: dict[date, str] = {}
    for line in sorted(lines, key=lambda line: ORDER.index(line.what)):
        try:
            with transaction.atomic():
                has_visit = _settle(series, terms, line, choices.get(line.on, Choice.PLAN), by)
            if not has_visit:
                out.append(line.on)
        except DomainError as error:
            if skip_conflicts and line.what == What.BOOK:
                out.append(line.on)
            else:
                refused[line.on] = error.message
    if refused:
        raise DaysRefused(refused)
    return sorted(out)


def _settle(series: Series, terms: Terms, line: Line, choice: datetime | Choice, by: User) -> bool:
    """Whether the day has a visit now, or had one of its own. A visit that is cancelled by itself counts as one."""
    if line.what == What.OUT or (line.appointment is None and choice == Choice.OUT):
        return False
    if line.appointment is None:
        _book(series, terms, line, choice, by)
    elif line.what == What.CANCEL:
        cancel_appointment(appointment=line.appointment, reason=NO_DAY, by=by, as_exception=False)
    elif line.what == What.OWN:
        _attach(line.appointment, series, line.on, by)
    elif choice == Choice.OUT:
        _attach(line.appointment, series, line.on, by)
        cancel_appointment(appointment=line.appointment, reason=LEFT_OUT, by=by)
    elif choice == Choice.STAY or line.what == What.KEEP:
        _attach(line.appointment, series, line.on, by, is_exception=choice == Choice.STAY)
    else:
        _move(series, terms, line, choice, by)
    return True


def _book(series: Series, terms: Terms, line: Line, choice: datetime | Choice, by: User) -> None:
    starts_at = _time(line, choice)
    row = book_appointment(
        patient=series.patient, type=series.type, practitioner=terms.practitioner, location=terms.location,
        interpreter=terms.interpreter, starts_at=starts_at, series=series, occurrence_on=line.on, by=by,
    )  # fmt: skip
    if starts_at != line.starts_at:
        row.is_exception = True
        audit.save(row, by=by)


def _move(series: Series, terms: Terms, line: Line, choice: datetime | Choice, by: User) -> None:
    row: Appointment = line.appointment  # type: ignore[assignment]  # a line that moves has its visit
    starts_at = _time(line, choice)
    if row.interpreter and terms.interpreter is None:
        cancel_appointment(appointment=row, reason=NO_INTERPRETER, by=by, as_exception=False)
        _book(series, terms, line, choice, by)
        return
    row = _attach(row, series, line.on, by)
    move_appointment(
        appointment=row, starts_at=starts_at, practitioner=terms.practitioner, location=terms.location,
        interpreter=terms.interpreter, as_exception=starts_at != line.starts_at, by=by,
    )  # fmt: skip


def _time(line: Line, choice: datetime | Choice) -> datetime:
    starts_at = choice if isinstance(choice, datetime) else line.starts_at
    if starts_at is None:
        raise DomainError(line.problem, code="time.ambiguous")
    return starts_at


def _attach(row: Appointment, series: Series, on: date, by: User, *, is_exception: bool = False) -> Appointment:
    """Say of which series and day it is an occurrence. Harmless twice."""
    row = locked(row)
    wanted = (series.pk, on, row.is_exception or is_exception)
    if (row.series_id, row.occurrence_on, row.is_exception) != wanted:
        row.series, row.occurrence_on, row.is_exception = series, on, wanted[2]
        audit.save(row, by=by)
    return row
