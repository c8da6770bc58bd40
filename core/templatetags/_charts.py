"""Geometry of the small charts: numbers in, SVG coordinates out. The templates draw them."""

from dataclasses import dataclass, field
from textwrap import wrap

WIDTH, HEIGHT = 640, 200
LETTER = 7  # how wide a letter of a label is, about
SECOND_LINE = 15
LEFT, RIGHT, TOP, BOTTOM = 66, 22, 14, 30
Row = tuple[str, float | int | None]


@dataclass
class Chart:
    """Where the template draws what."""

    kind: str
    grid: list[dict] = field(default_factory=list)
    marks: list[dict] = field(default_factory=list)
    labels: list[dict] = field(default_factory=list)
    points: str = ""
    area: str = ""
    threshold_y: float | None = None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right_edge: int = WIDTH - RIGHT


def nice_ceiling(value: float) -> float:
    """The next round number, so that the axis reads 0, 5, 10 and not 0, 4.33, 8.67."""
    if value <= 4:
        return 4
    magnitude = 10 ** (len(str(int(value))) - 1)
    return next(step * magnitude for step in (1, 2, 4, 5, 8, 10) if step * magnitude >= value)


def y_at(value: float, low: float, high: float) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - low) / ((high - low) or 1)), 1)


def number(value: float) -> str:
    return f"{value:g}"


def frame(kind: str, low: float, high: float, threshold: float | None, suffix: str) -> Chart:
    chart = Chart(kind)
    for quarter in range(5):
        value = low + (high - low) * quarter / 4
        chart.grid.append({"y": y_at(value, low, high), "label": number(value) + suffix})
    if threshold is not None:
        chart.threshold_y = y_at(threshold, low, high)
    return chart


def ends(rows: list[Row], low: float | None, high: float | None) -> tuple[float, float]:
    known = [float(value) for _, value in rows if value is not None]
    return low or 0, high if high is not None else nice_ceiling(max(known, default=0))


def x_labels(rows: list[Row], step: float, offset: float) -> list[dict]:
    every = max(1, -(-len(rows) // 12))
    return [
        {"x": round(LEFT + offset + i * step, 1), "text": label} for i, (label, _) in enumerate(rows) if i % every == 0
    ]


def line(rows: list[Row], low=None, high=None, threshold=None, suffix="", **_: object) -> Chart:
    """A line over time; a row without a value leaves no mark."""
    low, high = ends(rows, low, high)
    chart = frame("line", low, high, threshold, suffix)
    step = (WIDTH - LEFT - RIGHT) / max(len(rows) - 1, 1)
    for i, (label, value) in enumerate(rows):
        if value is not None:
            mark = {"x": round(LEFT + i * step, 1), "y": y_at(float(value), low, high)}
            chart.marks.append(mark | {"title": f"{label}: {number(float(value))}{suffix}"})
    chart.points = " ".join(f"{mark['x']},{mark['y']}" for mark in chart.marks)
    if chart.marks:
        floor = HEIGHT - BOTTOM
        chart.area = f"{chart.marks[0]['x']},{floor} {chart.points} {chart.marks[-1]['x']},{floor}"
    chart.labels = x_labels(rows, step, 0)
    return chart


def bars(rows: list[Row], high=None, threshold=None, suffix="", **_: object) -> Chart:
    """One bar a row, from zero."""
    low, high = ends(rows, 0, high)
    chart = frame("bar", low, high, threshold, suffix)
    step = (WIDTH - LEFT - RIGHT) / max(len(rows), 1)
    width = round(min(step * 0.66, 48), 1)
    for i, (label, value) in enumerate(rows):
        y = y_at(float(value or 0), low, high)
        chart.marks.append(
            {
                "x": round(LEFT + i * step + (step - width) / 2, 1),
                "y": y,
                "width": width,
                "height": round(HEIGHT - BOTTOM - y, 1),
                "title": f"{label}: {number(float(value or 0))}{suffix}",
            }
        )
    chart.labels = [text | _two_lines(text["text"], step) for text in x_labels(rows, step, step / 2)]
    if any(text["more"] for text in chart.labels):
        chart.height += SECOND_LINE
    return chart


def _two_lines(label: str, room: float) -> dict[str, str]:
    """A label under its bar: broken once, then cut; the table below has it whole."""
    first, *rest = wrap(label, max(int(room / LETTER), 4), max_lines=2, placeholder="…") or [""]
    return {"text": first, "more": "".join(rest)}


def spark(values: list[float]) -> str:
    """Points of a line in an 80 by 20 box."""
    if not values:
        return ""
    low, spread = min(values), (max(values) - min(values)) or 1
    step = 76 / max(len(values) - 1, 1)
    return " ".join(f"{2 + i * step:.1f},{18 - 16 * (value - low) / spread:.1f}" for i, value in enumerate(values))
