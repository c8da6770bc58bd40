"""Scores, and how they move."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse

from core.labels import when_label
from intake.instruments import INSTRUMENTS, Instrument
from intake.models import Screening
from patients.models import Patient

SHOWN = 60


def screening_of(patient: Patient, pk: UUID) -> Screening:
    """Raises Http404 unless it is of this patient."""
    found = patient.screenings.select_related("by", "patient", "episode__facility").filter(uuid=pk).first()
    if found is None:
        raise Http404
    return found


def screening_rows(patient: Patient, tz: Any) -> list[dict[str, Any]]:
    """All scores, newest first, sixty at most."""
    rows = patient.screenings.select_related("by").order_by("-completed_at")[:SHOWN]
    base = reverse("intake:screening_list", args=[patient.uuid])
    return [_row(row, base, tz) for row in rows]


def _row(row: Screening, base: str, tz: Any) -> dict[str, Any]:
    tool = INSTRUMENTS[row.instrument]
    return {
        "slug": tool.slug,
        "instrument": tool.name,
        "about": tool.about,
        "score": row.score,
        "highest": tool.highest,
        "band": row.band,
        "tone": tone_of(tool, row.band),
        "safety": row.safety_positive,
        "when": when_label(row.completed_at, tz),
        "day": f"{row.completed_at.astimezone(tz):%b} {row.completed_at.astimezone(tz).day}",
        "iso": row.completed_at.isoformat(),
        "by": str(row.by),
        "url": f"{base}{row.uuid}/",
    }


def instrument_cards(patient: Patient, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each instrument with its latest score and, from the second score on, its course for a chart, oldest first."""
    cards = []
    for tool in INSTRUMENTS.values():
        mine = [row for row in rows if row["slug"] == tool.slug]
        cards.append(
            {
                "tool": tool,
                "latest": mine[0] if mine else None,
                "course": [(row["day"], row["score"]) for row in reversed(mine)] if len(mine) > 1 else [],
                "add_url": reverse("intake:screening_add", args=[patient.uuid, tool.slug]),
                "action": "Repeat" if mine else "Start",
            }
        )
    return cards


def screening_items(screening: Screening) -> list[dict[str, Any]]:
    """Our short label of each item with the words and the score of its answer."""
    tool = INSTRUMENTS[screening.instrument]
    return [
        {
            "label": item.label,
            "answer": dict(item.choices)[answer],
            "score": answer,
            "safety": place == tool.safety_item and answer > 0,
        }
        for place, (item, answer) in enumerate(zip(tool.items, screening.answers, strict=True))
    ]


def tone_of(tool: Instrument, band: str) -> str:
    known = {row.label: row.tone for row in (*tool.bands, *tool.bands_for_men)}
    return known.get(band, "neutral")
