"""The technical administrator's desk: people and roles. No patient is read here."""

from datetime import timedelta

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility, Membership, User
from accounts.roles import Role
from core.labels import when_label
from desks.selectors import shared
from desks.selectors.tiles import Action, Row, Tile

DAYS = 30


def tiles(user: User, facility: Facility) -> list[Tile]:
    """Requests to take, roles that end soon, and how each role is staffed."""
    return [shared.to_accept(user, facility), _ending(facility), _staffing(facility)]


def _ending(facility: Facility) -> Tile:
    soon = timezone.now() + timedelta(days=DAYS)
    found = Membership.objects.live().filter(facility=facility, ends_at__lte=soon).select_related("user")
    lines = [
        Row(
            str(row.user), row.get_absolute_url(), row.get_role_display(), when=when_label(row.ends_at, facility.tz),
            status="Covered" if row.covered_by_id else "No cover", tone="success" if row.covered_by_id else "warning",
            actions=(Action("Open", row.get_absolute_url()),),
        )
        for row in found.order_by("ends_at")
        if row.ends_at
    ]  # fmt: skip
    return Tile(
        "ending", "Roles ending within 30 days", "user-round-x", lines, "No role ends soon",
        "A person’s role appears here a month before it ends, so that batons and tasks get a successor in time.",
        more_url=reverse("admin:accounts_membership_changelist"), more="All roles",
    )  # fmt: skip


def _staffing(facility: Facility) -> Tile:
    rows = Membership.objects.live().filter(facility=facility).order_by().values_list("role")
    held = dict(rows.annotate(Count("user", distinct=True)))
    add = reverse("admin:accounts_membership_add")
    lines = [
        Row(role.label, status="Nobody" if not held.get(role) else f"{held[role]} in role",
            tone="neutral" if held.get(role) else "danger", actions=(Action("Add person", add, "user-round-plus"),))
        for role in sorted(Role, key=lambda role: held.get(role, 0))
    ]  # fmt: skip
    return Tile(
        "staffing", "Who holds which role", "users-round", lines, "No roles", "Roles appear here.",
        sub="The least staffed first.", more_url=reverse("admin:accounts_user_changelist"), more="All users",
    )  # fmt: skip
