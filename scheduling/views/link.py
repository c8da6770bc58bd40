"""Pages behind patients' links: no account, no cookie, no script. Only a POST changes anything."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from scheduling import mail, services
from scheduling.models import Appointment, AppointmentLink, AppointmentResponse
from scheduling.moments import in_words
from scheduling.selectors import links
from scheduling.selectors.othertimes import OtherTimes, Slot, other_times, slot_at
from scheduling.views.public import gone, public

ANSWERS = {Appointment.Reply.ACCEPTED, Appointment.Reply.DECLINED, Appointment.Reply.TENTATIVE}
LINK = AppointmentResponse.Via.LINK


@public
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, token: str) -> HttpResponse:
    """The appointment and its answers; with "can't make it" the other times; of a proposal, take it or not."""
    link = links.live_reply_link(token)
    if link is None:
        return gone(request)
    if link.appointment.status == Appointment.Status.PROPOSED:
        return _proposal(request, link, token)
    if request.method != "POST":
        return _reply_page(request, link, token)
    answer = request.POST.get("answer", "")
    if links.has_begun(link.appointment):
        return gone(request)
    if answer not in ANSWERS:
        return _reply_page(request, link, token, status=422)
    comment = request.POST.get("comment", "")
    services.record_answer(appointment=link.appointment, reply=answer, via=LINK, by=None, comment=comment)
    if answer != Appointment.Reply.DECLINED:
        services.let_other_time_go(appointment=link.appointment)
    return _said("link:reply", token)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def time(request: HttpRequest, token: str) -> HttpResponse:
    """Another time: POST keeps one, takes the one kept, or lets it go; the page looks at the one kept."""
    link = links.live_reply_link(token)
    if link is None or link.appointment.status == Appointment.Status.PROPOSED or links.has_begun(link.appointment):
        return gone(request)
    if request.method != "POST":
        return _review(request, link, token)
    if "take" in request.POST:
        return _taken(request, link, token)
    if "another" in request.POST:
        services.let_other_time_go(appointment=link.appointment)
        return redirect(reverse("link:reply", args=[token]) + "#times")
    return _kept(request, link, token)


@public
@require_http_methods(["GET", "HEAD"])
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    link = links.live_reply_link(token)
    if link is None or link.appointment.status == Appointment.Status.PROPOSED:
        return gone(request)
    content = mail.letter(link.appointment, links.standing_consent(link.appointment))
    answer = HttpResponse(mail.calendar_file(link.appointment, content.place), content_type="text/calendar")
    answer.headers["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return answer


@public
@require_http_methods(["GET", "HEAD", "POST"])
def opt_out(request: HttpRequest, token: str) -> HttpResponse:
    """Also the one-click address of List-Unsubscribe (RFC 8058): its POST comes from a mail service."""
    link = links.live_opt_out_link(token)
    if link is None:
        return gone(request)
    consent = links.standing_consent(link.appointment)
    if request.method == "POST":
        services.opt_out(consent=consent)
        return _said("link:opt_out", token)
    with translation.override(links.language_of(link.appointment, consent) or translation.get_language()):
        context = {"stopped": consent is None, "phone": link.appointment.facility.neutral_phone}
        return render(request, "link/opt_out.html", context)


def _proposal(request: HttpRequest, link: AppointmentLink, token: str) -> HttpResponse:
    offer = links.open_offer(link.appointment)
    if offer is None:
        return gone(request)
    if request.method == "POST" and "take" in request.POST:
        services.accept_offer(offer=offer, via=LINK, by=None)
        return _said("link:reply", token)
    if request.method == "POST" and "no" in request.POST:
        services.decline_offer(offer=offer, via=LINK, by=None)
        return _page(request, "link/offer_declined.html", link, token)
    status = 422 if request.method == "POST" else 200
    return _page(request, "link/offer.html", link, token, status=status, until=offer.expires_at)


def _kept(request: HttpRequest, link: AppointmentLink, token: str) -> HttpResponse:
    same = "same" in request.POST
    chosen = parse_time(request.POST.get("same" if same else "other", ""))
    if chosen is None:
        return _reply_page(request, link, token, status=422)
    slot = slot_at(link.appointment, chosen, same=same)
    if slot is None:
        return _just_taken(request, link, token)
    try:
        services.hold_other_time(appointment=link.appointment, slot=slot)
    except DomainError:
        return _just_taken(request, link, token)
    return redirect("link:time", token)


def _taken(request: HttpRequest, link: AppointmentLink, token: str) -> HttpResponse:
    try:
        return _said("link:reply", services.take_other_time(link=link))
    except DomainError:
        return _just_taken(request, link, token)


def _just_taken(request: HttpRequest, link: AppointmentLink, token: str) -> HttpResponse:
    """Somebody was quicker: new times, unless it is the appointment itself that has changed."""
    again = links.live_reply_link(token)
    if again is None:
        return gone(request)
    services.let_other_time_go(appointment=again.appointment)
    return _reply_page(request, again, token, status=409, just_taken=True)


def _review(request: HttpRequest, link: AppointmentLink, token: str) -> HttpResponse:
    hold = links.kept_time(link.appointment)
    if hold is None:
        return redirect("link:reply", token)
    same = hold.practitioner_id == link.appointment.practitioner_id
    return _page(request, "link/time.html", link, token, chosen=hold.starts_at, until=hold.expires_at, same=same)


def _reply_page(
    request: HttpRequest, link: AppointmentLink, token: str, *, status: int = 200, just_taken: bool = False
) -> HttpResponse:
    appointment = link.appointment
    more: dict[str, Any] = {"begun": links.has_begun(appointment), "join_url": links.join_url(appointment)}
    more |= {"by_video": bool(appointment.video_url), "just_taken": just_taken}
    if appointment.reply == Appointment.Reply.DECLINED or just_taken:
        more |= {"times": other_times(appointment), "kept": links.kept_time(appointment)}
        more["told"] = links.has_told_more(appointment)
    if appointment.reply == Appointment.Reply.ACCEPTED:
        more["moved"] = links.was_moved_here(appointment)
    return _page(request, "link/reply.html", link, token, status=status, **more)


def _page(
    request: HttpRequest, template: str, link: AppointmentLink, token: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    """Render in the patient's language; moments among `more` are said as days and times of the facility."""
    appointment = link.appointment
    consent = links.standing_consent(appointment)
    with translation.override(links.language_of(appointment, consent) or translation.get_language()):
        context = {"letter": mail.letter(appointment, consent), "reply": appointment.reply, "token": token}
        context |= {name: _in_words(value, appointment) for name, value in more.items()}
        return render(request, template, context, status=status)


def _in_words(value: Any, appointment: Appointment) -> Any:
    if isinstance(value, datetime):
        return in_words(value, appointment.facility.tz)
    if isinstance(value, OtherTimes):
        both = {"same": _choices(value.same, appointment), "others": _choices(value.others, appointment)}
        return both if value else {}
    return value


def _choices(slots: list[Slot], appointment: Appointment) -> list[dict[str, Any]]:
    tz = appointment.facility.tz
    return [{"value": slot.starts_at.isoformat(), "words": in_words(slot.starts_at, tz)} for slot in slots]


def parse_time(text: str) -> datetime | None:
    """A moment with its offset, as the buttons send it; None for anything else."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def _said(name: str, token: str) -> HttpResponseRedirect:
    """To the page, at what it says now: a screen reader begins there."""
    return redirect(reverse(name, args=[token]) + "#said")
