"""The mail of a day before it goes."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from accounts.access import log, may, require
from accounts.models import AccessEvent
from accounts.roles import Perm
from core.labels import day_label
from patients.access import get_patient
from scheduling import selectors
from scheduling.daymail import PAGE_SIZE, DayMail, day_mail
from scheduling.preview import preview

DAYS = 8  # today and a week
# A message in its frame: its own styles, and nothing else at all.
FRAMED = {
    "default-src": [NONE],
    "script-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [NONE],
    "font-src": [NONE],
    "connect-src": [NONE],
    "manifest-src": [NONE],
    "form-action": [NONE],
    "base-uri": [NONE],
    "frame-ancestors": [SELF],
}


@require_GET
@csp_update({"frame-src": [SELF]})
def mail_day(request: HttpRequest) -> HttpResponse:
    """Tomorrow's mail, or that of any day from today to a week ahead."""
    facility = require(request.user, Perm.REMINDER_STATUS)
    log(user=request.user, action=AccessEvent.Action.LIST, target="scheduling:mail_day", facility_id=facility.pk)
    today = timezone.now().astimezone(facility.tz).date()
    day = _asked(request, today)
    place = request.GET.get("from", "")
    mail = day_mail(facility, request.user, day, first=int(place) if place.isdecimal() else 0)
    context = {
        "mail": mail,
        "day": day,
        "days": _days(today, day),
        "title": _title(today, day),
        "subtitle": _subtitle(mail),
        "may_settle": may(request.user, Perm.REMINDER_EDIT),
        "base": reverse("scheduling:day") + "patients/",
        "pager": _pager(mail, day),
    }
    return render(request, "scheduling/mail_day.html", context)


@require_GET
@xframe_options_sameorigin
@csp_replace(FRAMED)
def reminder_html(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """The HTML part of one message as it would go now, for a frame without rights."""
    patient = get_patient(request.user, patient_pk, Perm.REMINDER_EDIT)
    return HttpResponse(preview(selectors.reminder_of(patient, pk)).html)


def _asked(request: HttpRequest, today: date) -> date:
    day = selectors.parse_day(request.GET.get("day", ""), today + timedelta(days=1))
    return day if today <= day < today + timedelta(days=DAYS) else today + timedelta(days=1)


def _days(today: date, shown: date) -> list[dict[str, Any]]:
    days = [today + timedelta(days=n) for n in range(DAYS)]
    return [{"label": _name(today, day), "url": f"?day={day.isoformat()}", "active": day == shown} for day in days]


def _name(today: date, day: date) -> str:
    return {0: "Today", 1: "Tomorrow"}.get((day - today).days, day_label(day, today))


def _title(today: date, day: date) -> str:
    names = {0: "Today’s mail", 1: "Tomorrow’s mail"}
    return names.get((day - today).days, f"Mail of {day_label(day, today)}")


def _subtitle(mail: DayMail) -> str:
    said = "In time order, as each will look. The links of the preview open nothing."
    return said if mail.staying or not mail.total else f"{said} None is held back."


def _pager(mail: DayMail, day: date) -> dict[str, Any]:
    if not mail.first and not mail.more:
        return {}
    base = f"?day={day.isoformat()}&from="
    return {
        "text": f"{mail.first + 1} to {mail.first + len(mail.going)} of {mail.total}",
        "newer": f"{base}{max(mail.first - PAGE_SIZE, 0)}" if mail.first else None,
        "older": f"{base}{mail.first + PAGE_SIZE}" if mail.more else None,
    }
