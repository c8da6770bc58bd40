"""The board, and what is done from it."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.access import current_facility, log, may, require
from accounts.models import AccessEvent, Facility, User
from accounts.roles import Perm
from core.errors import shown_on
from core.http import done, invalid
from core.times import today
from oversight import selectors, services
from oversight.forms import CensusForm, ReassignForm, chosen
from scheduling.selectors import dead_letters

BOARD_ROWS = 8  # of a list on the board; the rest is one link away
LIST_ROWS = 50


def board(request: HttpRequest, site: dict[str, Any]) -> HttpResponse:
    """The clinical coordinator's first page. Who only sets up facilities gets the list of records instead."""
    facility = current_facility(request.user)
    if not may(request.user, Perm.BOARD_VIEW):
        return render(request, "oversight/setup.html", {"apps": site["available_apps"], "facility": facility})
    log(user=request.user, action=AccessEvent.Action.LIST, target="admin:index", facility_id=facility.pk)
    day, form = _day(request, facility)
    context = _context(request.user, facility) | {"census": selectors.census(facility, day), "census_form": form}
    return render(request, "oversight/board.html", context | {"apps": site["available_apps"], "facility": facility})


def _day(request: HttpRequest, facility: Facility) -> tuple[date, CensusForm]:
    now = today(facility.tz)
    form = CensusForm(request.GET if "day" in request.GET else {"day": now.isoformat()}, facility=facility)
    return (form.cleaned_data["day"], form) if form.is_valid() else (now, form)


def _context(user: User, facility: Facility) -> dict[str, Any]:
    lists = {key: _with_more(selectors.board_list(key, user, facility, limit=BOARD_ROWS)) for key in selectors.LISTS}
    return lists | {
        "stats": _stats({key: found["count"] for key, found in lists.items()}, len(dead_letters(facility))),
        "load": selectors.load_by_owner(facility),
        "indicators": selectors.indicators(facility),
        "path": selectors.steps_reached(facility),
        "latest": selectors.latest_steps(facility),
        "credentials": selectors.lapsing_credentials(facility),
    }


def _with_more(found: dict[str, Any]) -> dict[str, Any]:
    """With the address of the whole list, where the board shows but its beginning."""
    more = found["count"] > len(found["rows"])
    return found | {"url": reverse("admin:board_list", args=[found["key"]]) if more else None}


def _stats(counts: dict[str, int], dead: int) -> list[dict[str, Any]]:
    def tile(number: int, label: str, icon: str, url: str, tone: str = "warning") -> dict[str, Any]:
        return {"label": label, "number": number, "icon": icon, "url": url, "tone": tone if number else "success"}

    def listed(key: str, label: str, icon: str, tone: str = "warning") -> dict[str, Any]:
        url = f"#{key}" if counts[key] <= BOARD_ROWS else reverse("admin:board_list", args=[key])
        return tile(counts[key], label, icon, url, tone)

    return [
        listed("urgent", "Urgent, open", "siren", "danger"),
        listed("unowned", "Unowned", "user-x", "danger"),
        listed("overdue", "Next step overdue", "clock-alert"),
        listed("handoffs", "Hand-offs waiting", "arrow-right-left"),
        listed("unconfirmed", "Visits unconfirmed", "calendar-x"),
        tile(dead, "Reminders stuck", "mail-warning", reverse("scheduling:reminder_list")),
        listed("envelopes", "Envelopes unfiled", "archive"),
    ]


@require_GET
def board_list(request: HttpRequest, key: str) -> HttpResponse:
    """One list of the board, whole, fifty rows a page."""
    facility = require(request.user, Perm.BOARD_VIEW)
    if key not in selectors.LISTS:
        raise Http404
    log(user=request.user, action=AccessEvent.Action.LIST, target=f"admin:board_list:{key}", facility_id=facility.pk)
    number = request.GET.get("page", "")
    first = (int(number) - 1) * LIST_ROWS if number.isdecimal() and 0 < int(number) < 10_000 else 0
    listing = selectors.board_list(key, request.user, facility, limit=LIST_ROWS, offset=first)
    context = {"listing": listing, "fragment": f"oversight/_{key}.html", "pager": _pager(listing, first)}
    return render(request, "oversight/board_list.html", context)


def _pager(listing: dict[str, Any], first: int) -> dict[str, Any]:
    last, page = first + len(listing["rows"]), first // LIST_ROWS + 1
    return {
        "text": f"{first + 1} to {last} of {listing['count']}" if listing["rows"] else "",
        "newer": f"?page={page - 1}" if first else None,
        "older": f"?page={page + 1}" if last < listing["count"] else None,
    }


@require_POST
def reassign(request: HttpRequest) -> HttpResponse:
    """First asks who takes the ticked batons, then passes them on."""
    facility = require(request.user, Perm.BOARD_VIEW)
    ticked = request.POST.getlist("only") or request.POST.getlist("episode")
    episodes = list(selectors.chosen_batons(facility, chosen(ticked)))
    if not episodes:
        messages.warning(request, "Tick at least one person whose next step is to be reassigned.")
        return redirect("admin:index")
    asked = "to" in request.POST
    form = ReassignForm(request.POST if asked else None, facility=facility)
    context = {"form": form, "episodes": episodes, "back": reverse("admin:index")}
    if not asked:
        return render(request, "oversight/reassign.html", context)
    if form.is_valid():
        to, due_at = form.cleaned_data["to"], timezone.now() + timedelta(hours=form.cleaned_data["hours"])
        with shown_on(form):
            moved = services.reassign_batons(episodes=episodes, to=to, due_at=due_at, by=request.user)
        if not form.errors:
            people = "1 person" if moved == 1 else f"{moved} people"
            return done(request, reverse("admin:index"), f"{to.user} now owns the next step of {people}.")
    return invalid(request, "oversight/reassign.html", context)
