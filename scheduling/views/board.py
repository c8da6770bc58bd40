"""The facility's calendar."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import log, may, require
from accounts.models import AccessEvent, Facility
from accounts.roles import Perm
from core.labels import day_label, when_label
from scheduling import selectors
from scheduling.forms import CalendarForm
from scheduling.selectors import Board

Action = AccessEvent.Action


@require_GET
def day(request: HttpRequest) -> HttpResponse:
    facility = require(request.user, Perm.CALENDAR_VIEW)
    today = timezone.now().astimezone(facility.tz).date()
    shown = selectors.parse_day(request.GET.get("day", ""), today)
    form = _form(request, facility, shown)
    board = selectors.day_board(
        facility=facility, day=shown, user=request.user, practitioner=_chosen(form, request),
        location=form.cleaned_data.get("location"), by_room=form.cleaned_data.get("by") == "room",
    )  # fmt: skip
    context = {"form": form, "board": board, "here": request.get_full_path(), **_switches(request)}
    if "print" in request.GET:
        log(user=request.user, action=Action.PRINT, target="scheduling:day", facility_id=facility.pk)
        return render(request, "scheduling/print.html", context | _on_paper(board, facility, shown))
    context |= _paging("scheduling:day", request, shown, today, 1)
    return _answer(request, facility, "scheduling/day.html", context | {"shows": "day"}, board)


@require_GET
def week(request: HttpRequest) -> HttpResponse:
    facility = require(request.user, Perm.CALENDAR_VIEW)
    today = timezone.now().astimezone(facility.tz).date()
    shown = selectors.parse_day(request.GET.get("day", ""), today)
    form = _form(request, facility, shown)
    monday = shown - timedelta(days=shown.weekday())
    board = selectors.week_board(
        facility=facility, monday=monday, user=request.user, practitioner=_chosen(form, request),
        location=form.cleaned_data.get("location"),
    )  # fmt: skip
    context = {"form": form, "board": board, "here": request.get_full_path()}
    context |= _paging("scheduling:week", request, monday, today, 7)
    return _answer(request, facility, "scheduling/week.html", context | {"shows": "week"}, board)


def _on_paper(board: Board, facility: Facility, shown: date) -> dict[str, Any]:
    idle = [column for column in board.columns if not column.rows]
    return {"day": shown, "printed": when_label(timezone.now(), facility.tz), "idle": idle}


def _form(request: HttpRequest, facility: Facility, shown: date) -> CalendarForm:
    form = CalendarForm(request.GET.dict() | {"day": shown}, facility=facility)
    form.is_valid()
    return form


def _answer(
    request: HttpRequest, facility: Facility, template: str, context: dict[str, Any], board: Board
) -> HttpResponse:
    """The page, the grid alone for HTMX, or nothing when a refresh would show what is there already."""
    if request.headers.get("X-Seen") == board.digest:
        return HttpResponse(status=204)
    target = request.resolver_match.view_name  # a refresh too: a header must not be able to look without a trace
    log(user=request.user, action=Action.LIST, target=target, facility_id=facility.pk)
    return render(request, "scheduling/_board.html" if request.htmx else template, context)


def _chosen(form: CalendarForm, request: HttpRequest) -> Any:
    """The practitioner filtered for; "Only mine" means the practitioner that this person is."""
    if form.cleaned_data.get("mine"):
        return getattr(request.user, "practitioner", None)
    return form.cleaned_data.get("practitioner")


def _paging(name: str, request: HttpRequest, shown: date, today: date, step: int) -> dict[str, Any]:
    def to(view: str, day: date) -> str:
        return _with(request, reverse(view), day=day.isoformat())

    last = shown + timedelta(days=6)
    return {
        "may_move": may(request.user, Perm.APPOINTMENT_EDIT),
        "polls": True,
        "earlier": to(name, shown - timedelta(days=step)),
        "later": to(name, shown + timedelta(days=step)),
        "now_url": to(name, today),
        "day_url": to("scheduling:day", today if shown <= today <= last and step == 7 else shown),
        "week_url": to("scheduling:week", shown),
        "title": f"{shown:%A}, {shown.day} {shown:%B}" if step == 1 else week_title(shown, last, today),
        "is_now": shown <= today < shown + timedelta(days=step),
    }


def week_title(monday: date, sunday: date, today: date) -> str:
    """`23–29 November`, or `30 Nov – 6 Dec` across months; with the year when it is not this one."""
    if monday.month != sunday.month:
        return f"{monday.day} {monday:%b} – {day_label(sunday, today).split(' ', 1)[1]}"
    year = f" {monday.year}" if monday.year != today.year else ""
    return f"{monday.day}–{sunday.day} {monday:%B}{year}"


def _switches(request: HttpRequest) -> dict[str, Any]:
    here = reverse("scheduling:day")
    return {
        "by": request.GET.get("by", ""),
        "by_clinician_url": _with(request, here, by=""),
        "by_room_url": _with(request, here, by="room"),
        "print_url": _with(request, here, print="1"),
    }


def _with(request: HttpRequest, path: str, **changes: str) -> str:
    """The path with the filters as they are now, changed in this."""
    kept = {key: value for key, value in (request.GET.dict() | changes).items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path
