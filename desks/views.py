"""Each person's own screens: home, the lists behind the strip, search, palette, people."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts import access
from accounts.models import AccessEvent, Facility, User
from accounts.roles import Perm
from desks import navigation
from desks.forms import PeopleFilter, RolesForm
from desks.selectors import home as homes
from desks.selectors import people, preview, strip
from desks.selectors import slots as free_times
from desks.selectors.found import person_options
from patients.access import get_patient

Action = AccessEvent.Action


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The desk of one's role; who holds several roles here chooses among them, and the page says which it is."""
    user = request.user
    if not access.facilities(user):
        return render(request, "desks/no_role.html", status=403)
    facility = access.current_facility(user)
    roles = homes.in_order(access.roles_at(user, facility))
    role = next((held for held in roles if held == request.GET.get("role")), roles[0])
    desk = homes.DESKS[role]
    tiles = desk.tiles(user, facility)
    page = {"role": role, "desk_of": desk, "action_url": reverse(desk.view), "today": timezone.localdate()}
    page |= {"tiles": [row for row in tiles if row.has_any], "clear": [row for row in tiles if not row.has_any]}
    page["tabs"] = [{"value": held, "label": held.label, "active": held == role} for held in roles]
    access.log(user=user, action=Action.LIST, target="desks:home", facility_id=facility.pk)
    return render(request, "desks/home.html", page)


@require_GET
def first_slots(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """The first free times of a physician, as a fragment of the treatment coordinator's desk."""
    patient = get_patient(request.user, patient_pk, Perm.APPOINTMENT_EDIT)
    slots = free_times.first_slots(patient, access.current_facility(request.user))
    page = {"slots": slots, "patient": patient, "action": reverse("scheduling:appointment_book", args=[patient_pk])}
    return render(request, "desks/_slots.html", page)


@require_GET
def overdue(request: HttpRequest) -> HttpResponse:
    return _strip_list(request, "overdue")


@require_GET
def due_today(request: HttpRequest) -> HttpResponse:
    return _strip_list(request, "due_today")


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    return _strip_list(request, "waiting")


def _strip_list(request: HttpRequest, key: str) -> HttpResponse:
    """The very rows that the strip counts."""
    facility = access.current_facility(request.user)
    asked = request.GET.get("page", "1")
    number = max(int(asked), 1) if asked.isdecimal() and len(asked) < 6 else 1
    rows, total = strip.strip_page(request.user, facility, key, number)
    access.log(user=request.user, action=Action.LIST, target=f"desks:{key}", facility_id=facility.pk)
    pager = _pager(number, strip.PAGE_SIZE, total, len(rows), {})
    return render(request, "desks/strip_list.html", {"list": strip.BY_KEY[key], "rows": rows, "pager": pager})


@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """People one may see. A typed name comes by POST alone: an address would keep it in logs and histories."""
    facility = access.require(request.user, Perm.NAME_VIEW)
    text = request.POST.get("q", "").strip()
    options = person_options(request.user, facility, text) if text else []
    if text:
        access.log(user=request.user, action=Action.SEARCH, target="desks:search", facility_id=facility.pk)
    page = {"options": options, "text": text, "prefix": "found", "empty": "Nobody found. Try fewer letters."}
    return render(request, "_ui/options.html" if request.htmx else "desks/search.html", page)


@require_http_methods(["GET", "POST"])
def palette(request: HttpRequest) -> HttpResponse:
    """Every screen and action of one's roles. By POST as well: people type names into any box."""
    facility = access.current_facility(request.user)
    text = request.POST.get("q", "").strip()
    found = navigation.matching(request.user, facility, text)
    options = [{"label": row.label, "url": row.url, "icon": row.icon, "meta": row.group} for row in found]
    page = {"options": options, "text": text, "prefix": "screen", "empty": "No screen or action has that name."}
    return render(request, "_ui/options.html" if request.htmx else "desks/palette.html", page)


@require_GET
def patient_list(request: HttpRequest) -> HttpResponse:
    """One's caseload, or everyone of the facility for those who may see everyone."""
    facility = access.require(request.user, Perm.HANDOFF_VIEW)
    form = PeopleFilter(request.GET, levels=people.levels_of_care())
    chosen = form.chosen
    everyone = people.everyone_is_visible(request.user, facility)
    found, rows = people.people_page(request.user, facility, chosen, request.GET.get("page", "1"))
    access.log(user=request.user, action=Action.LIST, target="desks:patient_list", facility_id=facility.pk)
    page = {"form": form, "rows": rows, "everyone": everyone, "total": found.paginator.count}
    page |= {"chosen": chosen, "sorts": _sorts(chosen), "pager": _pages(found, chosen)}
    return render(request, "desks/patient_list.html", page)


@require_GET
def roles_preview(request: HttpRequest) -> HttpResponse:
    """What somebody would see with other roles, before they are given. Counts people and names none."""
    facility = _previews(request.user)
    people = preview.people_to_preview(facility)
    asked = request.GET if "person" in request.GET else None
    form = RolesForm(asked, people=people)
    page: dict[str, Any] = {"form": form, "facility": facility, "shown": None}
    if form.is_valid():
        person, roles = form.cleaned_data["person"], form.cleaned_data["roles"]
        page |= {"person": person, "shown": preview.preview(person, facility, roles)}
        page["may_save"] = access.may(request.user, Perm.SETUP_EDIT)
        target = f"desks:roles_preview:{person.pk}"
        access.log(user=request.user, action=Action.PERMISSION, target=target, facility_id=facility.pk, code="preview")
    return render(request, "desks/roles_preview.html", page, status=422 if form.errors else 200)


def _previews(user: User) -> Facility:
    """Who sets up roles, and who answers for them. Raises PermissionDenied, noted in the read log."""
    return access.require(user, Perm.AUDIT_VIEW if access.may(user, Perm.AUDIT_VIEW) else Perm.SETUP_EDIT)


def _sorts(chosen: dict[str, str]) -> dict[str, str]:
    rest = {name: value for name, value in chosen.items() if name != "sort"}
    return {"name": f"?{urlencode(rest)}", "due": f"?{urlencode(rest | {'sort': 'due'})}"}


def _pages(found: Page, chosen: dict[str, str]) -> dict[str, Any]:
    return _pager(found.number, people.PAGE_SIZE, found.paginator.count, len(found.object_list), chosen)


def _pager(number: int, size: int, total: int, shown: int, chosen: dict[str, str]) -> dict[str, Any]:
    first = (number - 1) * size + 1
    return {
        "text": f"{first} to {first + shown - 1} of {total}" if shown else "",
        "total": total,
        "newer": f"?{urlencode(chosen | {'page': number - 1})}" if number > 1 else None,
        "older": f"?{urlencode(chosen | {'page': number + 1})}" if first + shown - 1 < total else None,
    }
