"""The workforce and its partners on the admin site."""

from django.contrib import admin

from accounts.admin import FacilityMatterAdmin
from accounts.roles import Perm
from staff.models import Credential, PartnerOrganization, Practitioner


@admin.register(Practitioner)
class PractitionerAdmin(FacilityMatterAdmin):
    perm, perm_edit = Perm.STAFF_VIEW, Perm.STAFF_EDIT
    list_display = ("family_name", "given_name", "kind", "specialty", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("family_name", "npi")


@admin.register(Credential)
class CredentialAdmin(FacilityMatterAdmin):
    perm, perm_edit = Perm.STAFF_VIEW, Perm.STAFF_EDIT
    list_display = ("practitioner", "kind", "state", "expires_on", "status", "superseded")
    list_filter = ("kind", "status", "superseded")
    list_select_related = ("practitioner",)


@admin.register(PartnerOrganization)
class PartnerOrganizationAdmin(FacilityMatterAdmin):
    perm, perm_edit = Perm.STAFF_VIEW, Perm.STAFF_EDIT
    list_display = ("name", "kind", "city", "state", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("name",)
