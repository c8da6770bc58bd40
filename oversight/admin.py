"""The admin site: its index is the clinical coordinator's board, not a list of tables."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse

from accounts.access import live_memberships, log
from accounts.models import AccessEvent
from accounts.roles import Perm, scope_of
from oversight import views


class Site(admin.AdminSite):
    """Open to those whose role sees the board or sets up the facility.

    Sign-in is everybody's, second factor included.
    """

    site_header = site_title = "CareCoord"
    index_title = "Clinical board"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        if not (request.user.is_active and request.user.is_authenticated):
            return False
        roles = {row.role for row in live_memberships(request.user)}
        return any(scope_of(role, perm) for role in roles for perm in (Perm.BOARD_VIEW, Perm.SETUP_EDIT))

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        """Who is signed in and has no business here is refused; Django would send to sign in, and round again."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not self.has_permission(request):
                log(user=request.user, data_class=Perm.BOARD_VIEW, outcome=AccessEvent.Outcome.DENIED, code="role")
                raise PermissionDenied(f"role: {Perm.BOARD_VIEW}")
            return inner(request, *args, **kwargs)

        return guarded

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one sign-in page."""
        return redirect_to_login(reverse("admin:index"))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return views.board(request, self.each_context(request))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Where everybody changes it: with the rules and the notice of that page."""
        return redirect("account_change_password")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_logout")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        ours = [
            path("reassign/", self.admin_view(views.reassign), name="reassign"),
            path("lists/<slug:key>/", self.admin_view(views.board_list), name="board_list"),
        ]
        return ours + super().get_urls()
