"""Episodes, hand-offs and tasks on the admin site, to read; and roles, whose end asks what hangs on them."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from accounts import services as accounts
from accounts.access import roles_at
from accounts.admin import FacilityMatterAdmin
from accounts.models import Membership
from accounts.roles import Perm
from core.errors import DomainError
from episodes import services
from episodes.models import EpisodeOfCare, Handoff, Placement, Task
from patients.admin import RecordAdmin


@admin.register(EpisodeOfCare)
class EpisodeOfCareAdmin(RecordAdmin):
    perm_view = Perm.HANDOFF_VIEW
    list_display = ("id", "status", "level_of_care", "owner", "next_step", "due_at")
    list_filter = ("status", "level_of_care")
    list_select_related = ("owner", "level_of_care")


@admin.register(Placement)
class PlacementAdmin(RecordAdmin):
    perm_view = Perm.HANDOFF_VIEW
    patient_path = "episode__patient"
    list_display = ("id", "level_of_care", "bed", "during")
    list_filter = ("level_of_care",)
    list_select_related = ("level_of_care", "bed")
    search_fields = ("episode__patient__record_number",)


@admin.register(Handoff)
class HandoffAdmin(RecordAdmin):
    perm_view = Perm.HANDOFF_VIEW
    list_display = ("id", "status", "from_user", "to_role", "to_user", "sent_at", "answered_at")
    list_filter = ("status", "to_role")
    list_select_related = ("from_user", "to_user")


@admin.register(Task)
class TaskAdmin(RecordAdmin):
    perm_view = Perm.HANDOFF_VIEW
    list_display = ("id", "kind", "priority", "owner_role", "owner", "due_at", "status")
    list_filter = ("status", "priority", "owner_role")
    list_select_related = ("owner",)


class MembershipForm(forms.ModelForm):
    class Meta:
        model = Membership
        fields = ("user", "facility", "role", "starts_at")

    def clean(self) -> dict[str, Any]:
        """The service refuses it as well; here it is said beside the field."""
        data: dict[str, Any] = super().clean()
        if {"user", "facility", "role"} <= data.keys() and data["role"] in roles_at(data["user"], data["facility"]):
            self.add_error("role", f"{data['user']} holds this role at {data['facility']} already.")
        return data


@admin.register(Membership)
class MembershipAdmin(FacilityMatterAdmin):
    """Who works where, in which role: begun with Add, ended with the action, never changed.

    It stands here and not in `accounts`, which cannot know whether batons and tasks hang on a role.
    """

    perm = perm_edit = Perm.SETUP_EDIT
    facility_path = "facility"
    list_display = ("user", "role", "facility", "starts_at", "ends_at")
    list_filter = ("role", "facility")
    list_select_related = ("user", "facility")
    search_fields = ("user__email", "user__family_name")
    search_help_text = "An e-mail address or a family name."
    form = MembershipForm
    actions = ("end_roles",)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_end_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request)

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        made = accounts.begin_membership(
            user=obj.user, facility=obj.facility, role=obj.role, starts_at=obj.starts_at, by=request.user
        )
        obj.pk = made.pk

    @admin.action(description="End the chosen roles now", permissions=["end"])
    def end_roles(self, request: HttpRequest, rows: QuerySet[Membership]) -> HttpResponse | None:
        """Asks first. A role on which somebody's care hangs stays, with the sentence that says what to pass on."""
        live = rows.live().select_related("user", "facility")
        if "yes" not in request.POST:
            context = {**self.admin_site.each_context(request), "title": "End roles", "rows": live, "opts": self.opts}
            return TemplateResponse(request, "admin/accounts/membership/end_roles.html", context)
        for row in live:
            self._end(request, row)
        return None

    def _end(self, request: HttpRequest, row: Membership) -> None:
        try:
            services.end_membership(membership=row, by=request.user, reason="admin")
        except DomainError as error:
            messages.error(request, error.message)
        else:
            said = f"{row.user} is no longer {row.get_role_display().lower()} at {row.facility}."
            messages.success(request, said)
