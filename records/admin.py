"""Papers, consents, notices and envelopes on the admin site: to read, with their history."""

from django.contrib import admin
from django.http import HttpRequest

from accounts.access import may
from accounts.roles import Perm
from patients.admin import RecordAdmin
from records.models import ChannelConsent, Consent, ConsentRecipient, Document, Notice, RecordSubmission


@admin.register(Document)
class DocumentAdmin(RecordAdmin):
    perm_view = Perm.DOCUMENT_VIEW
    list_display = ("id", "kind", "status", "author", "created_at")
    list_filter = ("kind", "status")
    list_select_related = ("author",)


class RecipientInline(admin.TabularInline):
    """Who may receive by a consent: seen where the consent is, never changed there."""

    model = ConsentRecipient
    fields = ("kind", "name", "address", "partner")
    extra = max_num = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Consent | None = None) -> bool:
        return may(request.user, Perm.CONSENT_VIEW)


@admin.register(Consent)
class ConsentAdmin(RecordAdmin):
    """To read: a consent is composed, signed and taken back with the person, and never changes once it is signed."""

    perm_view = Perm.CONSENT_VIEW
    list_display = ("id", "category", "status", "activated_at", "expires_on", "revoked_at", "revoked_via")
    list_filter = ("category", "status", "expiry")
    inlines = (RecipientInline,)


@admin.register(Notice)
class NoticeAdmin(RecordAdmin):
    """That the notice of privacy practices was given, and how."""

    perm_view = Perm.CONSENT_VIEW
    list_display = ("id", "outcome", "notice_version", "given_at", "given_by")
    list_filter = ("outcome",)
    list_select_related = ("notice_version", "given_by")


@admin.register(ChannelConsent)
class ChannelConsentAdmin(RecordAdmin):
    perm_view = Perm.CONSENT_VIEW
    list_display = ("id", "category", "status", "detail", "starts_at", "revoked_at")
    list_filter = ("status",)


@admin.register(RecordSubmission)
class RecordSubmissionAdmin(RecordAdmin):
    perm_view = Perm.DOCUMENT_VIEW
    list_display = ("id", "status", "submitted_by", "submitted_at", "due_at", "answered_at")
    list_filter = ("status",)
    list_select_related = ("submitted_by",)
