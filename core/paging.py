"""The pager of a long list: `_ui/pager.html` prints it."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest


def place(request: HttpRequest, size: int) -> int:
    """How many rows stand before the page that is asked for; 0 for anything that is no page number."""
    asked = request.GET.get("page", "")
    return (int(asked) - 1) * size if asked.isdecimal() and 0 < int(asked) < 10_000 else 0


def pager(first: int, shown: int, total: int, size: int, **chosen: str) -> dict[str, Any]:
    """`51 to 100 of 312`, and the ways to both sides; `chosen` is what else the address says."""
    page = first // size + 1
    return {
        "text": f"{first + 1} to {first + shown} of {total}" if shown else "",
        "newer": f"?{urlencode(chosen | {'page': page - 1})}" if first else None,
        "older": f"?{urlencode(chosen | {'page': page + 1})}" if first + shown < total else None,
    }
