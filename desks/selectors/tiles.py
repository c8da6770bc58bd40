"""The tiles of a home page: at most seven, each row with its next action."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.labels import Due

SHOWN = 6  # rows of a tile; the rest is one click away


@dataclass(frozen=True)
class Action:
    """A button of a row; `posts` when it changes something at once."""

    label: str
    url: str
    icon: str = ""
    posts: bool = False


@dataclass(frozen=True)
class Row:
    """One line of a tile, its next action first. `extra` is the address of a fragment loaded below it."""

    title: str
    url: str = ""
    sub: str = ""
    due: Due | None = None
    when: str = ""
    status: str = ""
    tone: str = "neutral"
    actions: tuple[Action, ...] = ()
    extra: str = ""


@dataclass(frozen=True)
class Tile:
    """A panel of a home page: rows, or a chart of numbers.

    `count` is how many rows there are in all, when not all were fetched; `plus` says that there are more than that.
    """

    key: str
    title: str
    icon: str
    rows: Sequence[Row]
    empty: str
    empty_text: str
    sub: str = ""
    more_url: str = ""
    more: str = "See all"
    count: int | None = None
    plus: bool = False
    chart: Sequence[tuple[str, int]] = ()
    chart_first: str = ""

    @property
    def number(self) -> str:
        return f"{self.total}{'+' if self.plus else ''}"

    @property
    def total(self) -> int:
        return len(self.rows) if self.count is None else self.count

    @property
    def has_any(self) -> bool:
        return bool(self.rows or self.chart)

    @property
    def shown(self) -> Sequence[Row]:
        return self.rows[:SHOWN]

    @property
    def rest(self) -> Sequence[Row]:
        """What opens below the rows shown, where no page lists them all."""
        return () if self.more_url else self.rows[SHOWN:]

    @property
    def hidden(self) -> int:
        """How many rows the tile leaves out, as far as that is known."""
        return max(0, self.total - len(self.shown)) if self.rows else 0
