"""Who is acting, since when, and with which proof."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.views import redirect_to_login
from django.db import DEFAULT_DB_ALIAS, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import patch_cache_control

from accounts import access
from core.middleware import came_from

Handler = Callable[[HttpRequest], HttpResponse]

READS = {"GET", "HEAD"}
SECOND_FACTOR = "second_factor"  # in the session: True, False after it was turned off, or not there yet


class ActorMiddleware:
    """The request's user asks for memberships once; times are in the facility's zone; what is refused stays noted."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(self._zone(request)), access.denials_kept():
            return self.get_response(request)

    def _zone(self, request: HttpRequest) -> ZoneInfo | None:
        if not request.user.is_authenticated:
            return None
        request.user.kept_memberships = []
        return access.current_facility(request.user).tz if access.facilities(request.user) else None


class OneReadMiddleware:
    """What a page reads and its lines in the read log are one transaction, which ends before the answer leaves.

    A page that fails has shown nothing and leaves no line; its denials are kept by `ActorMiddleware`, outside of this.
    Holds for GET and HEAD, whatever the answer is (page, PDF, CSV), but for a view marked
    `transaction.non_atomic_requests`. It stands last of all: nothing else runs inside but the view and its template.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with ExitStack() as reading:
            request.reading = reading
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view_func: Any, args: Any, kwargs: Any) -> None:
        if request.method in READS and DEFAULT_DB_ALIAS not in getattr(view_func, "_non_atomic_requests", ()):
            request.reading.enter_context(transaction.atomic())
            request.reading.push(_no_answer_without_its_line)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Undo before anybody makes a page of the error: that page stands outside of the transaction."""
        request.reading.__exit__(type(exception), exception, exception.__traceback__)


def _no_answer_without_its_line(kind: type | None, *error: Any) -> None:
    """A view that swallows an error of the database has an answer, and a transaction that will be undone: no answer."""
    if kind is None and transaction.get_rollback():
        raise transaction.TransactionManagementError("This page was answered after its transaction had failed.")


class IdleLogoffMiddleware:
    """Sign off after 15 minutes without a person's own request, and after 12 hours (45 CFR 164.312(a)(2)(iii)).

    A page that refreshes itself sends `X-Background-Refresh`; that never extends the session. No answer given to
    somebody signed in is kept by the browser: the back button shows nothing after the sign-off.
    """

    GRAIN = 30  # seconds between two writes of the session

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        now = int(timezone.now().timestamp())
        code = self._over(request, now)
        if code:
            return self._sign_off(request, code)
        self._note(request, now)
        response = self.get_response(request)
        patch_cache_control(response, private=True, no_store=True)
        return response

    def _over(self, request: HttpRequest, now: int) -> str:
        if now - request.session.get("seen_at", now) > settings.SESSION_IDLE_SECONDS:
            return "idle"
        return "expired" if now - request.session.get("began_at", now) > settings.SESSION_COOKIE_AGE else ""

    def _note(self, request: HttpRequest, now: int) -> None:
        session = request.session
        if "began_at" not in session:
            session["began_at"] = session["seen_at"] = now
        elif "X-Background-Refresh" not in request.headers and now - session["seen_at"] >= self.GRAIN:
            session["seen_at"] = now

    def _sign_off(self, request: HttpRequest, code: str) -> HttpResponse:
        request.sign_out_code = code
        logout(request)
        return redirect_to_login(request.get_full_path() if request.method == "GET" else came_from(request))


class SecondFactorMiddleware:
    """A session opens nothing until its sign-in has used a second factor; who has none yet is led to set one up.

    django-allauth asks for it at its own sign-in; any other way to a session (Django's, a factor turned off since)
    ends here. Once passed, the session says so and nothing more is asked.
    """

    WITHOUT_A_FACTOR = {"mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate", "account_logout"}
    WITH_A_FACTOR_UNUSED = {"mfa_reauthenticate", "mfa_reauthenticate_webauthn", "account_logout"}

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view_func: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not request.user.is_authenticated or not getattr(view_func, "login_required", True):
            return None
        if used_second_factor(request, request.user):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if is_mfa_enabled(request.user):
            return None if name in self.WITH_A_FACTOR_UNUSED else self._ask(request)
        return None if name in self.WITHOUT_A_FACTOR else redirect("mfa_activate_totp")

    def _ask(self, request: HttpRequest) -> HttpResponse:
        following = request.get_full_path() if request.method == "GET" else "/"
        by_code = is_mfa_enabled(request.user, [Authenticator.Type.TOTP])
        return redirect_to_login(following, login_url=f"mfa_reauthenticate{'' if by_code else '_webauthn'}")


def used_second_factor(request: HttpRequest, user: AbstractBaseUser) -> bool:
    """Whether this session's sign-in used a second factor, or set it up. Reads the session only."""
    passed = request.session.get(SECOND_FACTOR)
    if passed is not None:
        return bool(passed)
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, user))
