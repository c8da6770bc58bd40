"""Programs and attendance on the admin site."""

from django.contrib import admin

from accounts.admin import FacilityMatterAdmin
from accounts.roles import Perm
from activities.models import Attendance, Enrolment, Program
from patients.admin import RecordAdmin


@admin.register(Program)
class ProgramAdmin(FacilityMatterAdmin):
    perm = Perm.BOARD_VIEW
    facility_path = "facility"
    list_display = ("name", "modality", "capacity", "leader", "is_active")
    list_select_related = ("leader",)


@admin.register(Enrolment)
class EnrolmentAdmin(RecordAdmin):
    perm_view = Perm.ACTIVITY_VIEW
    list_display = ("id", "program", "starts_on", "ends_on", "times_per_week")
    list_filter = ("program",)
    list_select_related = ("program",)


@admin.register(Attendance)
class AttendanceAdmin(RecordAdmin):
    perm_view = Perm.ACTIVITY_VIEW
    list_display = ("id", "session", "status", "minutes", "recorded_at")
    list_filter = ("status",)
