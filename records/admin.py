"""Papers, consents and envelopes on the admin site: to read, with their history."""

from django.contrib import admin

from accounts.roles import Perm
from patients.admin import RecordAdmin
from records.models import ChannelConsent, Document, RecordSubmission


@admin.register(Document)
class DocumentAdmin(RecordAdmin):
    perm_view = Perm.DOCUMENT_VIEW
    list_display = ("id", "kind", "status", "author", "created_at")
    list_filter = ("kind", "status")
    list_select_related = ("author",)


@admin.register(ChannelConsent)
class ConsentAdmin(RecordAdmin):
    perm_view = Perm.CONSENT_VIEW
    list_display = ("id", "category", "status", "detail", "starts_at", "revoked_at")
    list_filter = ("status",)


@admin.register(RecordSubmission)
class RecordSubmissionAdmin(RecordAdmin):
    perm_view = Perm.DOCUMENT_VIEW
    list_display = ("id", "status", "submitted_by", "submitted_at", "due_at", "answered_at")
    list_filter = ("status",)
    list_select_related = ("submitted_by",)
