"""The facility's calendar."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import log, require
from accounts.models import AccessEvent, Facility
from accounts.roles import Perm
from core.labels import day_label
from scheduling import selectors
from scheduling.forms import CalendarForm
from staff.models import Practitioner


@require_GET
def day(request: HttpRequest) -> HttpResponse:
    facility = require(request.user, Perm.CALENDAR_VIEW)
    form = CalendarForm(request.GET, facility=facility)
    today = timezone.now().astimezone(facility.tz).date()
    shown = selectors.parse_day(request.GET.get("day", ""), today)
    board = selectors.day_board(
        facility=facility, day=shown, user=request.user, practitioner=_chosen(form, request), location=_room(form)
    )
    _log(request, facility, "scheduling:day")
    context = {"form": form, "board": board, "today": today, **_paging("scheduling:day", request, shown, today, 1)}
    context |= {"tz": facility.tz, "day": shown, "here": request.get_full_path()}
    return render(request, "scheduling/_board.html" if request.htmx else "scheduling/day.html", context)


@require_GET
def week(request: HttpRequest) -> HttpResponse:
    facility = require(request.user, Perm.CALENDAR_VIEW)
    form = CalendarForm(request.GET, facility=facility)
    today = timezone.now().astimezone(facility.tz).date()
    shown = selectors.parse_day(request.GET.get("day", ""), today)
    monday = shown - timedelta(days=shown.weekday())
    board = selectors.week_board(
        facility=facility, monday=monday, user=request.user, practitioner=_chosen(form, request),
        day_url=reverse("scheduling:day"),
    )  # fmt: skip
    _log(request, facility, "scheduling:week")
    context = {"form": form, "board": board, "monday": monday, "tz": facility.tz, "here": request.get_full_path()}
    context |= _paging("scheduling:week", request, monday, today, 7)
    return render(request, "scheduling/_board.html" if request.htmx else "scheduling/week.html", context)


def _chosen(form: CalendarForm, request: HttpRequest) -> Practitioner | None:
    """The practitioner filtered for; "Only mine" means the practitioner that this person is."""
    form.is_valid()
    if form.cleaned_data.get("mine"):
        return getattr(request.user, "practitioner", None)
    return form.cleaned_data.get("practitioner")


def _room(form: CalendarForm) -> Any:
    return form.cleaned_data.get("location")


def _paging(name: str, request: HttpRequest, shown: date, today: date, step: int) -> dict[str, Any]:
    kept = {key: value for key, value in request.GET.items() if key != "day" and value}
    base = reverse(name)

    def to(day: date) -> str:
        return f"{base}?{urlencode(kept | {'day': day.isoformat()})}"

    return {
        "earlier": to(shown - timedelta(days=step)),
        "later": to(shown + timedelta(days=step)),
        "now_url": to(today),
        "other_url": f"{reverse('scheduling:week' if step == 1 else 'scheduling:day')}?"
        + urlencode(kept | {"day": shown.isoformat()}),
        "title": f"{day_label(shown, today)}" if step == 1 else f"Week of {day_label(shown, today)}",
        "is_now": shown <= today < shown + timedelta(days=step),
    }


def _log(request: HttpRequest, facility: Facility, target: str) -> None:
    if "X-Background-Refresh" not in request.headers:
        log(user=request.user, action=AccessEvent.Action.LIST, target=target, facility_id=facility.pk)
