"""Referrals and what intake found, on the admin site: to read, with their history."""

from django.contrib import admin

from accounts.roles import Perm
from intake.models import IntakeInterview, LevelOfCareDetermination, Referral, Screening
from patients.admin import RecordAdmin


@admin.register(Referral)
class ReferralAdmin(RecordAdmin):
    perm_view = Perm.REFERRAL_VIEW
    list_display = ("id", "status", "source", "priority", "received_at", "first_response_at", "decided_at")
    list_filter = ("status", "source", "priority")


@admin.register(IntakeInterview)
class IntakeInterviewAdmin(RecordAdmin):
    perm_view = Perm.INTAKE_VIEW
    list_display = ("id", "status", "interviewer", "completed_at")
    list_filter = ("status",)
    list_select_related = ("interviewer",)


@admin.register(Screening)
class ScreeningAdmin(RecordAdmin):
    perm_view = Perm.INTAKE_VIEW
    list_display = ("id", "instrument", "score", "band", "safety_positive", "completed_at")
    list_filter = ("instrument", "safety_positive")


@admin.register(LevelOfCareDetermination)
class LevelOfCareDeterminationAdmin(RecordAdmin):
    perm_view = Perm.INTAKE_VIEW
    list_display = ("id", "recommended", "decided", "decided_by", "decided_at")
    list_select_related = ("recommended", "decided", "decided_by")
