"""Facilities and people on the admin site. No patient is named here. Roles: `episodes.admin`."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.forms import AdminUserCreationForm, ReadOnlyPasswordHashField
from django.db import models
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from accounts import access, services
from accounts.models import AccessEvent, Facility, Location, User
from accounts.roles import Perm
from core import audit


class MomentInput(forms.DateTimeInput):
    """Date and time in one field of the browser's own, in the facility's zone."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class FacilityMatterAdmin(admin.ModelAdmin):
    """Rows that hold nothing about patients, for those whose role has `perm` at a facility of theirs.

    `facility_path` leads from the row to its facility: people see the rows of the facilities where they hold the
    permission. Rows are ended or switched off, never deleted.
    """

    perm: ClassVar[Perm]
    perm_edit: ClassVar[Perm | None] = None
    facility_path: ClassVar[str | None] = None
    show_full_result_count = False
    list_per_page = 50
    # The browser's own field, with its label: Django's pair of date and time has none for each half.
    formfield_overrides: ClassVar[dict[Any, Any]] = {
        models.DateTimeField: {"form_class": forms.DateTimeField, "widget": MomentInput}
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if self.facility_path is None:
            return rows
        return rows.filter(**{f"{self.facility_path}__in": list(access.scopes(request.user, self.perm))})

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_authenticated and access.scopes(request.user, self.perm))

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may_edit(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may_edit(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> QuerySet[Any] | None:
        """Nobody puts a row at a facility where he may not edit such rows."""
        if db_field.remote_field.model is Facility:
            return Facility.objects.filter(pk__in=list(access.scopes(request.user, self.perm_edit or self.perm)))
        return super().get_field_queryset(db, db_field, request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        audit.save(obj, by=request.user, reason="admin")

    def _may_edit(self, request: HttpRequest) -> bool:
        wanted = self.perm_edit
        return bool(wanted and request.user.is_authenticated and access.scopes(request.user, wanted))


@admin.register(Facility)
class FacilityAdmin(FacilityMatterAdmin):
    perm = perm_edit = Perm.SETUP_EDIT
    facility_path = "pk"
    list_display = ("name", "code", "city", "state", "time_zone")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A new facility is a matter of installation: nobody holds a role at it yet."""
        return False


@admin.register(Location)
class LocationAdmin(FacilityMatterAdmin):
    perm = perm_edit = Perm.SETUP_EDIT
    facility_path = "facility"
    list_display = ("name", "kind", "operational_status", "facility")
    list_filter = ("kind", "operational_status")
    list_select_related = ("facility",)


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "given_name", "family_name", "suffix")


class UserForm(forms.ModelForm):
    password = ReadOnlyPasswordHashField(label="Password", help_text="Set by the person through the reset page.")

    class Meta:
        model = User
        fields = ("email", "given_name", "family_name", "suffix", "is_active", "password")


@admin.register(User)
class UserAdmin(FacilityMatterAdmin):
    perm = perm_edit = Perm.SETUP_EDIT
    list_display = ("family_name", "given_name", "email", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("email", "family_name")
    form = UserForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Who works, or worked, where the person sets up; and who has no role anywhere yet."""
        mine = Q(memberships__facility__in=list(access.scopes(request.user, self.perm)))
        return super().get_queryset(request).filter(mine | Q(memberships__isnull=True)).distinct()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **({"form": NewUserForm} | kwargs if obj is None else kwargs))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        services.save_user(user=obj, by=request.user, reason="admin")


@admin.register(AccessEvent)
class AccessEventAdmin(FacilityMatterAdmin):
    """The read log: ids, actions and data classes. Nobody changes a line."""

    perm = Perm.AUDIT_VIEW
    facility_path = "facility_id"
    list_display = ("at", "user_id", "action", "data_class", "patient_id", "outcome", "code")
    list_filter = ("action", "outcome")
