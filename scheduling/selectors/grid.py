"""Where things stand in the calendar's grid: quarter hours from top to bottom, lanes side by side."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

QUARTER, DAY = 15, 24 * 60  # minutes
FIRST_HOUR, LAST_HOUR = 8, 18  # shown at least
EARLIEST, LATEST = 6, 21  # shown for somebody's hours alone; a booking is shown whenever it is
LANES = 4


@dataclass(frozen=True)
class Shade:
    """A stretch of somebody's or some room's day: hours, an absence, a hold. In quarters of the grid."""

    row: int
    span: int
    label: str
    note: str = ""
    when: str = ""


@dataclass(frozen=True)
class Stretch:
    """A stretch of one day in minutes since midnight on the wall clock."""

    begin: int
    end: int
    label: str = ""
    note: str = ""

    @property
    def when(self) -> str:
        """`09:00–11:30`, `all day`."""
        return "all day" if (self.begin, self.end) == (0, DAY) else f"{_clock(self.begin)}–{_clock(self.end)}"


def minutes_into(moment: datetime | None, day: date, tz: ZoneInfo, *, otherwise: int = 0) -> int:
    """Minutes since midnight on the wall clock; 0 before that day, 1440 after it."""
    if moment is None:
        return otherwise
    local = moment.astimezone(tz)
    if local.date() != day:
        return 0 if local.date() < day else DAY
    return local.hour * 60 + local.minute


def hours_shown(rows: Iterable[dict[str, Any]], hours: Iterable[Stretch]) -> tuple[int, int]:
    """The first hour shown and the one that is not any more."""
    begins = [row["begin"] // 60 for row in rows]
    ends = [-(-row["end"] // 60) for row in rows]
    begins += [max(EARLIEST, row.begin // 60) for row in hours]
    ends += [min(LATEST, -(-row.end // 60)) for row in hours]
    return min([FIRST_HOUR, *begins]), max([LAST_HOUR, *ends])


def shade(stretch: Stretch, first: int, last: int) -> Shade | None:
    """The stretch in quarters of a grid that shows `first` to `last` o'clock; None if nothing of it is shown."""
    begin, end = max(stretch.begin, first * 60), min(stretch.end, last * 60)
    if begin >= end:
        return None
    row = (begin - first * 60) // QUARTER
    span = max(1, -(-(end - first * 60) // QUARTER) - row)
    return Shade(row, span, stretch.label, stretch.note, stretch.when)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def shades(stretches: Iterable[Stretch], first: int, last: int) -> list[Shade]:
    found = [shade(stretch, first, last) for stretch in stretches]
    return [row for row in found if row]


def place(rows: list[dict[str, Any]], first: int) -> None:
    """Give each row its place in quarter hours, and a lane beside those it overlaps."""
    open_until: list[int] = []
    group: list[dict[str, Any]] = []
    for row in rows:
        start = row["begin"] // QUARTER - first * 4
        end = max(start + 1, -(-row["end"] // QUARTER) - first * 4)
        if open_until and start >= max(open_until):
            open_until, group = [], []
        lane = next((lane for lane, until in enumerate(open_until) if until <= start), len(open_until))
        open_until[lane : lane + 1] = [end]
        group.append(row)
        row |= {"row": start, "span": end - start, "lane": min(lane, LANES - 1) + 1}
        for other in group:
            other["lanes"] = min(len(open_until), LANES)
