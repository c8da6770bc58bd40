"""The page behind a link to sign a consent: no account, no cookie, no script. Only a POST changes anything."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from core.public import behind_link
from records import selectors, services
from records.digests import digest_of
from records.forms.consents import OpenLinkForm
from records.models import ConsentLink
from records.selectors.consentlinks import neutral_phone


def gone(request: HttpRequest, *, busy: bool = False) -> HttpResponse:
    """The same for a wrong, an old and a used-up link: nobody learns whether it ever meant anything."""
    context = {"phone": neutral_phone(), "busy": busy}
    return render(request, "consentlink/gone.html", context, status=429 if busy else 404)


@behind_link(gone)
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, token: str) -> HttpResponse:
    """First who opens it says the birth date; then the words are shown; then they are signed, once."""
    link = selectors.live_link(token)
    if link is None:
        return gone(request)
    with translation.override(link.consent.language):
        form = OpenLinkForm(request.POST if request.method == "POST" else None)
        if request.method != "POST":
            return _page(request, "open", link, form)
        birth_date = form.birth_date if form.is_valid() else None
        if birth_date is None or not services.opens(link=link, birth_date=birth_date):
            return _not_opened(request, token, form)
        return _sign(request, link, form) if "sign" in request.POST else _page(request, "consent", link, form)


def _not_opened(request: HttpRequest, token: str, form: OpenLinkForm) -> HttpResponse:
    still = selectors.live_link(token)
    if still is None:
        return gone(request)
    return _page(request, "open", still, form, status=422, wrong=True)


def _sign(request: HttpRequest, link: ConsentLink, form: OpenLinkForm) -> HttpResponse:
    name, shown = request.POST.get("signed_name", ""), request.POST.get("shown", "")
    if "agree" not in request.POST or not name.strip():
        wrong = _("Type your full name, and tick that you agree.")
        return _page(request, "consent", link, form, status=422, wrong=wrong, name=name)
    try:
        services.sign_by_link(link=link, shown=shown, name=name[:200])
    except DomainError as error:
        if error.code != "consent.changed":
            raise
        return _page(request, "consent", link, form, status=409, changed=True, name=name)
    return _page(request, "done", link, form)


def _page(
    request: HttpRequest, template: str, link: ConsentLink, form: OpenLinkForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"form": form, "phone": link.consent.facility.neutral_phone or neutral_phone(), **more}
    if template == "consent":
        text = services.words_of(link.consent)
        context |= {"sections": selectors.sections_of(text), "shown": digest_of(text)}
    return render(request, f"consentlink/{template}.html", context, status=status)
