"""The clinical models on the admin site, behind the same door as every page."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin

from accounts import access
from accounts.models import AccessEvent, Facility, User
from accounts.roles import Perm
from core import audit
from patients.access import asks_reason, visible_patients
from patients.models import (
    Address,
    AllergyIntolerance,
    CareTeamMember,
    Condition,
    ContactPoint,
    Flag,
    Note,
    Patient,
    RelatedPerson,
)

SHORTEST_SEARCH = 3


class RecordAdmin(SimpleHistoryAdmin):
    """A clinical model on the admin site: rows of the patients whom the person may see, never deleted.

    `perm_view` opens lists, rows and their history; `perm_edit`, if given, lets rows be added and changed.
    `patient_path` leads from the row to its patient; set it for a row that has no `patient` of its own, such as
    `attendance__patient`. Without a membership at the current facility there is nothing, superuser or not.
    """

    perm_view: ClassVar[Perm]
    perm_edit: ClassVar[Perm | None] = None
    patient_path: ClassVar[str] = "patient"

    ordering = ("-pk",)
    view_on_site = False
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 50
    search_fields = ("patient__record_number",)
    search_help_text = "At least three characters of a record number."
    object_history_list_template = "patients/admin/object_history_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows, facility = super().get_queryset(request), _facility(request.user)
        if facility is None:
            return rows.none()
        visible = visible_patients(request.user, self.perm_view, facility).order_by()
        visible = visible.exclude(asks_reason(request.user, facility))  # no list of work, so it names nobody either
        return rows.filter(**{f"{self.patient_path}__in": visible.values("pk")})

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Nothing for a term so short that it would list everybody; autocomplete comes this way too."""
        if search_term and len(search_term.strip()) < SHORTEST_SEARCH:
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may(request, self.perm_view, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.perm_edit is not None and self._may(request, self.perm_edit, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.perm_edit is not None and self._may(request, self.perm_edit, None)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """No clinical row is ever deleted: it is entered in error, ended or superseded."""
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        audit.save(obj, by=request.user, reason="admin")

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> QuerySet[Any] | None:
        """What a form lets one choose from: through the door as well."""
        target = self.admin_site._registry.get(db_field.remote_field.model)
        if isinstance(target, RecordAdmin):
            return target.get_queryset(request)
        return super().get_field_queryset(db, db_field, request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if self.has_view_permission(request):
            action = AccessEvent.Action.SEARCH if request.GET.get("q") else AccessEvent.Action.LIST
            self._log(request, action, None)
        return super().changelist_view(request, extra_context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        self._open(request, object_id)
        return super().change_view(request, object_id, form_url, extra_context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Old values stand behind the same gate as the live ones: django-simple-history asks nobody's queryset."""
        self._open(request, object_id)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """An old edition is read, never put back: django-simple-history would let a mere reader do that by POST."""
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied("history is read only")
        self._open(request, object_id)
        return super().history_form_view(request, object_id, version_id, extra_context)

    def revert_disabled(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True

    def _open(self, request: HttpRequest, object_id: str) -> None:
        """Raises Http404 for a row that the person may not see; a line in the read log otherwise."""
        try:
            row = self.get_queryset(request).filter(pk=unquote(object_id)).first()
        except (ValueError, ValidationError):
            row = None
        if row is None:
            raise Http404
        self._log(request, AccessEvent.Action.VIEW, row)

    def _may(self, request: HttpRequest, perm: Perm, obj: Model | None) -> bool:
        facility = _facility(request.user)
        if facility is None or facility.pk not in access.scopes(request.user, perm):
            return False
        if obj is None:
            return True
        visible = visible_patients(request.user, perm, facility).exclude(asks_reason(request.user, facility))
        return visible.filter(pk=self._patient_id(obj)).exists()

    def _patient_id(self, row: Any) -> int | None:
        """Of a row, or of an old edition of one."""
        *way, last = self.patient_path.split("__")
        for name in way:
            row = getattr(row, name)
        return row.pk if last == "pk" else getattr(row, f"{last}_id")

    def _log(self, request: HttpRequest, action: str, row: Any) -> None:
        facility = _facility(request.user)
        access.log(
            user=request.user,
            action=action,
            data_class=self.perm_view,
            patient_id=self._patient_id(row) if row else None,
            facility_id=facility.pk if facility else None,
            target=f"admin:{self.opts.label_lower}:{row.pk}" if row else f"admin:{self.opts.label_lower}",
        )


@admin.register(Patient)
class PatientAdmin(RecordAdmin):
    perm_view = Perm.IDENTITY_VIEW
    patient_path = "pk"
    ordering = ("sort_key", "pk")
    list_display = ("record_number", "family_name", "given_name", "birth_date", "deceased")
    search_fields = ("record_number", "sort_key__startswith")
    search_help_text = "At least three characters of a record number, or the beginning of a family name."
    exclude = ("sort_key",)

    def view_on_site(self, obj: Patient) -> str:
        return obj.get_absolute_url()


@admin.register(Note)
class NoteAdmin(RecordAdmin):
    """Signed notes: a draft is its author's alone."""

    perm_view = Perm.ASSESSMENT_VIEW
    list_display = ("id", "kind", "author", "signed_at", "entered_in_error")
    list_filter = ("kind", "entered_in_error")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Note]:
        return super().get_queryset(request).filter(signed_at__isnull=False).select_related("author")


@admin.register(AllergyIntolerance)
class AllergyIntoleranceAdmin(RecordAdmin):
    perm_view = Perm.SAFETY_VIEW
    list_display = ("id", "substance", "criticality", "clinical_status", "entered_in_error")
    list_filter = ("criticality", "clinical_status")


@admin.register(Flag)
class FlagAdmin(RecordAdmin):
    perm_view = Perm.SAFETY_VIEW
    list_display = ("id", "category", "text", "starts_at", "ends_at")
    list_filter = ("category",)


@admin.register(Condition)
class ConditionAdmin(RecordAdmin):
    perm_view = Perm.ASSESSMENT_VIEW
    list_display = ("id", "code", "display", "clinical_status", "verification_status")
    list_filter = ("clinical_status",)


@admin.register(CareTeamMember)
class CareTeamMemberAdmin(RecordAdmin):
    perm_view = Perm.HANDOFF_VIEW
    list_display = ("id", "user", "role", "starts_at", "ends_at")
    list_filter = ("role",)
    list_select_related = ("user",)


@admin.register(ContactPoint, Address, RelatedPerson)
class ContactAdmin(RecordAdmin):
    perm_view = Perm.CONTACT_VIEW
    list_display = ("id", "patient", "updated_at")
    list_select_related = ("patient",)


def _facility(user: User) -> Facility | None:
    """The current facility, None for who works nowhere (a superuser without membership, say)."""
    return access.current_facility(user) if user.is_authenticated and access.facilities(user) else None
