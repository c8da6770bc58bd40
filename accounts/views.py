"""Signing in, who I am, what I looked at."""

from typing import Any

from allauth.account.signals import user_logged_in as allauth_signed_in
from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from accounts import selectors, services
from accounts.middleware import SECOND_FACTOR
from core.http import done

LINES_PER_PAGE = 50


class SignInView(LoginView):
    """django-allauth's, with the demo's people beside it in the embedded mode alone."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if settings.EMBEDDED:
            context["demo_people"] = selectors.demo_people()
        return context


sign_in = SignInView.as_view()


@login_not_required
@require_GET
def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """The admin site has no door of its own: its sign-in would ask for no second factor and count no failures."""
    return redirect_to_login(_own_path(request.GET.get("next", ""), request, "/admin/"))


@login_not_required
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's people. It counts as second factor; its route is in the embedded mode alone."""
    if not settings.EMBEDDED:
        raise Http404
    user = selectors.demo_person(request.POST.get("user", ""))
    request.sign_in_code = "demo"
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[SECOND_FACTOR] = True
    allauth_signed_in.send(sender=type(user), request=request, response=None, user=user)
    return redirect(_own_path(request.POST.get("next", ""), request, settings.LOGIN_REDIRECT_URL))


@require_POST
def facility_switch(request: HttpRequest) -> HttpResponse:
    facility = selectors.own_facility(request.user, request.POST.get("facility", ""))
    services.switch_facility(facility=facility, by=request.user)
    return done(request, settings.LOGIN_REDIRECT_URL, f"You are at {facility} now.")


@require_GET
def profile(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/profile.html", {"places": selectors.places(request.user)})


@require_GET
def my_access(request: HttpRequest) -> HttpResponse:
    pages = Paginator(selectors.own_lines(request.user), LINES_PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    pager = {
        "text": f"{page.start_index()} to {page.end_index()} of {pages.count}",
        "newer": f"?page={page.previous_page_number()}" if page.has_previous() else None,
        "older": f"?page={page.next_page_number()}" if page.has_next() else None,
    }
    rows = [selectors.line_row(event, timezone.get_current_timezone()) for event in page]
    return render(request, "accounts/my_access.html", {"rows": rows, "pager": pager})


def _own_path(wanted: str, request: HttpRequest, otherwise: str) -> str:
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=False)
    return wanted if ours else otherwise
