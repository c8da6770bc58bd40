"""Appointments on the admin site, and what is set up for booking and reminding."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts import access
from accounts.admin import FacilityMatterAdmin
from accounts.roles import Perm
from patients.admin import RecordAdmin
from scheduling.models import (
    Appointment,
    AppointmentType,
    AvailabilityException,
    AvailabilityRule,
    BookingOverride,
    ReminderRule,
)


@admin.register(Appointment)
class AppointmentAdmin(RecordAdmin):
    """Visits of one person; the seats of a group are with its session."""

    perm_view = Perm.APPOINTMENT_VIEW
    list_display = ("id", "type", "practitioner", "starts_at", "status", "reply")
    list_filter = ("status", "reply", "type")
    list_select_related = ("type", "practitioner")
    date_hierarchy = "starts_at"


@admin.register(AppointmentType)
class AppointmentTypeAdmin(FacilityMatterAdmin):
    perm = perm_edit = Perm.BOARD_VIEW
    facility_path = "facility"
    list_display = ("name", "minutes", "buffer_minutes", "required_credential", "required_steps", "is_active")


@admin.register(AvailabilityRule)
class AvailabilityRuleAdmin(FacilityMatterAdmin):
    perm = perm_edit = Perm.BOARD_VIEW
    facility_path = "facility"
    list_display = ("practitioner", "weekday", "starts", "ends", "valid_from", "valid_until")
    list_select_related = ("practitioner",)


@admin.register(AvailabilityException)
class AvailabilityExceptionAdmin(FacilityMatterAdmin):
    """Leave, extra hours and closures are entered on their own pages, which list what is booked in them."""

    perm = Perm.BOARD_VIEW
    list_display = ("kind", "practitioner", "location", "facility", "during", "note", "withdrawn_at")
    list_filter = ("kind",)
    list_select_related = ("practitioner", "location", "facility")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AvailabilityException]:
        """Of the facility, and of people who work there."""
        mine = list(access.scopes(request.user, self.perm))
        here = Q(facility__in=mine) | Q(facility__isnull=True, practitioner__roles__facility__in=mine)
        return super().get_queryset(request).filter(here).distinct()


@admin.register(BookingOverride)
class BookingOverrideAdmin(RecordAdmin):
    """Every rule of booking that somebody set aside, with the reason."""

    perm_view = Perm.APPOINTMENT_VIEW
    patient_path = "appointment__patient"
    search_fields = ("appointment__patient__record_number",)
    list_display = ("id", "rule", "by", "at", "appointment")
    list_filter = ("rule",)
    list_select_related = ("by", "appointment")
    date_hierarchy = "at"


@admin.register(ReminderRule)
class ReminderRuleAdmin(FacilityMatterAdmin):
    perm = perm_edit = Perm.BOARD_VIEW
    facility_path = "facility"
    list_display = ("__str__", "appointment_type", "asks_confirmation", "booked_hours_before", "is_active")
    list_select_related = ("appointment_type",)
