"""Plans, assessments and options on the admin site: to read, with their history."""

from django.contrib import admin

from accounts.roles import Perm
from careplans.models import Assessment, CarePlan, PlanPresentation, TreatmentOption
from patients.admin import RecordAdmin


@admin.register(CarePlan)
class CarePlanAdmin(RecordAdmin):
    perm_view = Perm.PLAN_VIEW
    list_display = ("id", "status", "edition", "author", "shared_at", "review_due_on")
    list_filter = ("status",)
    list_select_related = ("author",)


@admin.register(Assessment)
class AssessmentAdmin(RecordAdmin):
    perm_view = Perm.ASSESSMENT_VIEW
    list_display = ("id", "status", "author", "completed_at", "received_at")
    list_filter = ("status",)
    list_select_related = ("author",)


@admin.register(TreatmentOption)
class TreatmentOptionAdmin(RecordAdmin):
    perm_view = Perm.OPTION_VIEW
    list_display = ("id", "title", "status", "weeks", "level_of_care")
    list_filter = ("status",)
    list_select_related = ("level_of_care",)


@admin.register(PlanPresentation)
class PlanPresentationAdmin(RecordAdmin):
    perm_view = Perm.OPTION_VIEW
    list_display = ("id", "presented_at", "presented_by", "decided_at")
    list_select_related = ("presented_by",)
