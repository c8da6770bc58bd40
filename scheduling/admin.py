"""Appointments on the admin site, and what is set up for booking and reminding."""

from django.contrib import admin

from accounts.admin import FacilityMatterAdmin
from accounts.roles import Perm
from patients.admin import RecordAdmin
from scheduling.models import Appointment, AppointmentType, AvailabilityRule, ReminderRule


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


@admin.register(ReminderRule)
class ReminderRuleAdmin(FacilityMatterAdmin):
    perm = perm_edit = Perm.BOARD_VIEW
    facility_path = "facility"
    list_display = ("__str__", "appointment_type", "asks_confirmation", "is_active")
    list_select_related = ("appointment_type",)
