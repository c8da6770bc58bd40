"""The guard of pages behind patients' links: no account, no cookie, nothing kept or passed on, not too often."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from core.errors import DomainError
from scheduling.links import digest
from scheduling.selectors import links

PER_MINUTE = 30  # requests from one address
PER_LINK = 60  # requests with one link, in ten minutes
TEN_MINUTES = 600
View = Callable[..., HttpResponse]


def public(view: View) -> View:
    """For whoever holds the link.

    Exempt from the CSRF check: nothing here acts by a cookie, the secret in the address is the whole authority.
    (With `no-referrer`, browsers send `Origin: null` with the form, which that check would refuse.) A refusal of the
    house may name people, so none of its words is shown here.
    """

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        response = _too_often(request, token) or _answered(view, request, token)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return login_not_required(csrf_exempt(guarded))


def gone(request: HttpRequest) -> HttpResponse:
    """The same for a wrong, an old and a used-up link: nobody learns whether it ever meant anything."""
    return render(request, "link/gone.html", {"phone": links.neutral_phone()}, status=404)


def _answered(view: View, request: HttpRequest, token: str) -> HttpResponse:
    try:
        return view(request, token)
    except DomainError:
        return gone(request)


def _too_often(request: HttpRequest, token: str) -> HttpResponse | None:
    """Counted for wrong links as for right ones, so that the answer tells nothing."""
    by_address = _count(f"link:{_address(request)}", 60) > PER_MINUTE
    by_link = _count(f"link-of:{digest(token)}", TEN_MINUTES) > PER_LINK
    if not by_address and not by_link:
        return None
    return render(request, "link/gone.html", {"phone": links.neutral_phone(), "busy": True}, status=429)


def _count(key: str, seconds: int) -> int:
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key)
    except ValueError:  # it ran out between the two
        return 1


def _address(request: HttpRequest) -> str:
    """Where it comes from; behind our proxy, what that saw last."""
    seen = request.headers.get("X-Forwarded-For", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return seen.rsplit(",", 1)[-1].strip() or request.META.get("REMOTE_ADDR", "")
