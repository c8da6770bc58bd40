"""The guard of pages behind patients' links, and what they answer to whoever has no link that works."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.public import PER_LINK, PER_MINUTE, TEN_MINUTES, behind_link
from scheduling.selectors import links

__all__ = ["PER_LINK", "PER_MINUTE", "TEN_MINUTES", "gone", "public"]


def gone(request: HttpRequest, *, busy: bool = False) -> HttpResponse:
    """The same for a wrong, an old and a used-up link: nobody learns whether it ever meant anything."""
    context = {"phone": links.neutral_phone(), "busy": busy}
    return render(request, "link/gone.html", context, status=429 if busy else 404)


public = behind_link(gone)
