"""The guard of pages behind secret links: no account, no cookie, nothing kept or passed on, not too often."""

import hashlib
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from core.errors import DomainError

PER_MINUTE = 30  # requests from one address
PER_LINK = 60  # requests with one link, in ten minutes
TEN_MINUTES = 600
View = Callable[..., HttpResponse]
Gone = Callable[..., HttpResponse]


def digest(token: str) -> str:
    """SHA-256 of a link's random part: what is kept of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def behind_link(gone: Gone) -> Callable[[View], View]:
    """Guard a view for whoever holds the link; `gone(request, busy=False)` answers everybody else.

    Exempt from the CSRF check: nothing here acts by a cookie, the secret in the address is the whole authority.
    (With `no-referrer`, browsers send `Origin: null` with the form, which that check would refuse.) A refusal of the
    house may name people, so none of its words is shown here.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, token: str) -> HttpResponse:
            busy = _too_often(request, token)
            return _private(gone(request, busy=True) if busy else _answered(view, gone, request, token))

        return login_not_required(csrf_exempt(guarded))

    return guard


def open_to_all(busy: View) -> Callable[[View], View]:
    """Guard a page that needs neither sign-in nor link: not too often from one address, nothing kept or passed on."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest) -> HttpResponse:
            too_often = _count(f"page:{_address(request)}", 60) > PER_MINUTE
            return _private(busy(request) if too_often else view(request))

        return login_not_required(csrf_exempt(guarded))

    return guard


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _answered(view: View, gone: Gone, request: HttpRequest, token: str) -> HttpResponse:
    try:
        return view(request, token)
    except DomainError:
        return gone(request)


def _too_often(request: HttpRequest, token: str) -> bool:
    """Counted for wrong links as for right ones, so that the answer tells nothing."""
    by_address = _count(f"link:{_address(request)}", 60) > PER_MINUTE
    by_link = _count(f"link-of:{digest(token)}", TEN_MINUTES) > PER_LINK
    return by_address or by_link


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
