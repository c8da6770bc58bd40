"""Who and what else a booking can take: interpreters, equipment; and who may set a rule of it aside."""

from django.db.models import QuerySet

from accounts.models import Facility, Location, Membership
from accounts.roles import GRANTS, Perm, Role
from staff.models import Practitioner


def interpreters_of(facility: Facility) -> QuerySet[Practitioner]:
    """The facility's interpreters, by name."""
    kind = Practitioner.Kind.INTERPRETER
    return Practitioner.objects.filter(kind=kind, is_active=True, roles__facility=facility).distinct()


def equipment_of(facility: Facility) -> QuerySet[Location]:
    return facility.locations.filter(kind=Location.Kind.EQUIPMENT)


def overriders(facility: Facility) -> list[str]:
    """Who may set a rule of booking aside there, by name with the role. One query."""
    roles = [role for role in Role if any(Perm.APPOINTMENT_OVERRIDE in perms for perms in GRANTS[role].values())]
    rows = Membership.objects.live().filter(facility=facility, role__in=roles).select_related("user")
    found = {f"{row.user} ({row.get_role_display().lower()})" for row in rows}
    return sorted(found)
