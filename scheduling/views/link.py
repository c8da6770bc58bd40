"""Pages behind patients' links: no account, no cookie, no script. Only a POST changes anything."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from scheduling import mail, services
from scheduling.models import Appointment, AppointmentLink, AppointmentResponse
from scheduling.selectors import links

PER_MINUTE = 30  # requests from one address
ANSWERS = {Appointment.Reply.ACCEPTED, Appointment.Reply.DECLINED, Appointment.Reply.TENTATIVE}
View = Callable[..., HttpResponse]


def public(view: View) -> View:
    """For whoever holds the link: no sign-in, nothing kept or passed on, and not too often.

    Exempt from the CSRF check: nothing here acts by a cookie, the secret in the address is the whole authority.
    (With `no-referrer`, browsers send `Origin: null` with the form, which that check would refuse.)
    """

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        response = _too_often(request) or view(request, token)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return login_not_required(csrf_exempt(guarded))


@public
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, token: str) -> HttpResponse:
    link = links.live_reply_link(token)
    if link is None:
        return _gone(request)
    if request.method != "POST":
        return _page(request, "link/reply.html", link, token)
    answer = request.POST.get("answer", "")
    if answer not in ANSWERS:
        return _page(request, "link/reply.html", link, token, status=422)
    try:
        services.record_answer(appointment=link.appointment, reply=answer, via=AppointmentResponse.Via.LINK, by=None)
    except DomainError:
        return _gone(request)
    return redirect("link:reply", token)


@public
@require_http_methods(["GET", "HEAD"])
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    link = links.live_reply_link(token)
    if link is None:
        return _gone(request)
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
        return _gone(request)
    consent = links.standing_consent(link.appointment)
    if request.method == "POST":
        services.opt_out(appointment=link.appointment, consent=consent)
        return redirect("link:opt_out", token)
    context = {"stopped": consent is None, "phone": link.appointment.facility.neutral_phone}
    return _in_language(consent.language if consent else "", request, "link/opt_out.html", context)


def _page(request: HttpRequest, template: str, link: AppointmentLink, token: str, status: int = 200) -> HttpResponse:
    consent = links.standing_consent(link.appointment)
    language = consent.language if consent else ""
    with translation.override(language or translation.get_language()):
        letter = mail.letter(link.appointment, consent)
        context = {"letter": letter, "reply": link.appointment.reply, "token": token}
        return render(request, template, context, status=status)


def _in_language(language: str, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    with translation.override(language or translation.get_language()):
        return render(request, template, context)


def _gone(request: HttpRequest) -> HttpResponse:
    """The same for a wrong, an old and a used-up link: nobody learns whether it ever meant anything."""
    return render(request, "link/gone.html", {"phone": links.neutral_phone()}, status=404)


def _too_often(request: HttpRequest) -> HttpResponse | None:
    key = f"link:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, timeout=60)
    try:
        count = cache.incr(key)
    except ValueError:  # it ran out between the two
        return None
    if count <= PER_MINUTE:
        return None
    return render(request, "link/gone.html", {"phone": links.neutral_phone(), "busy": True}, status=429)
