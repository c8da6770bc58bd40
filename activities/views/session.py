"""The week of sessions, and the sheet of one: roster, attendance by tap, notes, signature."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import log, require
from accounts.models import AccessEvent
from accounts.roles import Perm
from activities import access, services
from activities.forms import SessionForm, SheetForm
from activities.models import Session
from activities.selectors import programs, sheet
from activities.selectors import sessions as selectors
from activities.views._posted import posted
from core.errors import Conflict, DomainError, shown_on
from core.http import done, invalid
from core.times import today
from patients.access import get_patient
from scheduling.selectors.board import parse_day


@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    facility = require(request.user, Perm.PROGRAM_EDIT)
    target = "activities:session_list"
    log(user=request.user, action=AccessEvent.Action.LIST, target=target, facility_id=facility.pk)
    day = parse_day(request.GET.get("day", ""), today(facility.tz))
    context = {"days": selectors.week(facility, day), "coming": selectors.now_and_next(facility)}
    return render(request, "activities/session_list.html", context | selectors.week_links(day))


def session_add(request: HttpRequest) -> HttpResponse:
    facility = require(request.user, Perm.PROGRAM_EDIT)
    chosen = programs.chosen(facility, request.GET.get("program", ""))
    form = SessionForm(posted(request), facility=facility, initial=selectors.session_defaults(facility, chosen))
    context = {"form": form, "back": reverse("activities:session_list")}
    if request.method != "POST":
        return render(request, "activities/session_add.html", context)
    if form.is_valid():
        with shown_on(form):
            planned = services.plan_sessions(by=request.user, **form.cleaned_data)
    if form.errors:
        return invalid(request, "activities/session_add.html", context)
    said = "The session is planned." if len(planned) == 1 else f"{len(planned)} sessions are planned."
    return done(request, planned[0].get_absolute_url(), f"{said} Who has no seat is listed under “Not on the roster”.")


@require_safe
def session_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    session = _session(request, pk)
    return render(request, "activities/session_detail.html", _sheet(request, session))


def _session(request: HttpRequest, pk: UUID) -> Session:
    return selectors.session_of(require(request.user, Perm.PROGRAM_EDIT), pk)


def _sheet(request: HttpRequest, session: Session, form: SheetForm | None = None) -> dict[str, Any]:
    """What `session_detail.html` needs; with a refused form what was typed stays in its fields."""
    facility = session.program.facility
    visible = access.people(request.user, facility)
    rows = selectors.roster(session, visible)
    access.log_people(request.user, facility, [row.patient_id for row in rows])
    typed = form.typed() if form else None
    return {
        "session": session,
        "rows": sheet.sheet_rows(session, rows, typed),
        "note": sheet.note_field(session, typed),
        "hidden": selectors.hidden(session, rows),
        "others": selectors.not_on_roster(session, rows, visible),
        "form": form,
        **sheet.progress(session, rows),
    }


def _form(request: HttpRequest, session: Session) -> SheetForm:
    rows = selectors.roster(session, access.people(request.user, session.program.facility))
    return SheetForm(request.POST, rows=rows, minutes=session.minutes)


@require_POST
def note_save(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The whole sheet: marks, group note, lines. `everyone` marks the others present, `then` goes on to sign."""
    session = _session(request, pk)
    form = _form(request, session)
    if form.is_valid():
        try:
            with shown_on(form):
                services.save_sheet(
                    session=session, marks=form.marks(everyone="everyone" in request.POST), lines=form.lines(),
                    shared_note=form.cleaned_data["shared_note"], seen=form.cleaned_data["version"], by=request.user,
                )  # fmt: skip
        except Conflict:
            context = _sheet(request, _session(request, pk), form) | {"clash": True}
            return render(request, "activities/session_detail.html", context, status=409)
    if form.errors:
        return invalid(request, "activities/session_detail.html", _sheet(request, session, form))
    return _after_save(request, pk)


def _after_save(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Buttons of the roster save the sheet first, so that no word typed in it is lost."""
    if "person" in request.POST:
        return roster_add(request, pk)
    if "excuse" in request.POST:
        return roster_remove(request, pk, selectors.parse_uuid(request.POST["excuse"]))
    to = "activities:note_sign" if "then" in request.POST else "activities:session_detail"
    return done(request, reverse(to, args=[pk]), "Saved.")


@require_POST
def attendance_record(request: HttpRequest, pk: UUID, attendance_pk: UUID) -> HttpResponse:
    """One tap on one person. Answers the state beside the buttons, which stay where they are, and the counts."""
    session = _session(request, pk)
    visible = access.people(request.user, session.program.facility)
    row = selectors.attendance_of(session, attendance_pk, visible)
    form = SheetForm(request.POST, rows=[row], minutes=session.minutes)
    code, theirs, refusal = 200, "", "" if form.is_valid() else sheet.refusal(form.errors)
    if not refusal:
        try:
            services.record_attendance(session=session, marks=form.marks(), by=request.user)
        except Conflict as error:
            code, theirs = 409, error.current.get_status_display()
        except DomainError as error:
            refusal = error.message
    if not request.htmx:
        return done(request, session.get_absolute_url(), refusal or "Saved.")
    row = selectors.attendance_of(session, attendance_pk, visible)
    context = {"row": sheet.state_row(row, session, theirs), "refusal": refusal}
    context |= sheet.progress(session, selectors.roster(session, visible))
    return render(request, "activities/_tapped.html", context, status=422 if refusal else code)


def note_sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Shows what is signed, then signs."""
    session = _session(request, pk)
    if request.method != "POST":
        return render(request, "activities/note_sign.html", _sheet(request, session))
    services.sign_session(session=session, by=request.user)
    return done(request, session.get_absolute_url(), "Signed. Attendance and notes are final.")


@require_POST
def roster_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    session = _session(request, pk)
    patient = _chosen_patient(request)
    services.add_to_roster(session=session, patient=patient, by=request.user)
    return done(request, session.get_absolute_url(), "Added to the roster.")


def _chosen_patient(request: HttpRequest) -> Any:
    """The person named by a button; through the door, like any other."""
    return get_patient(request.user, selectors.parse_uuid(request.POST.get("person", "")), Perm.ACTIVITY_EDIT)


@require_POST
def roster_remove(request: HttpRequest, pk: UUID, attendance_pk: UUID) -> HttpResponse:
    session = _session(request, pk)
    row = selectors.attendance_of(session, attendance_pk, access.people(request.user, session.program.facility))
    services.remove_from_roster(attendance=row, by=request.user)
    return done(request, session.get_absolute_url(), "Excused; the seat is free again. What was written stays.")


@require_POST
def session_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    session = _session(request, pk)
    services.cancel_session(session=session, reason=request.POST.get("reason", ""), by=request.user)
    return done(request, reverse("activities:session_list"), "The session is cancelled.")
