"""One function per resource type: what of it CareCoord keeps, and in which row.

Each takes the resource, the row it became before (or a new one) and the import's context, and returns the saved
row. Values are kept byte for byte as received; only what we search by is normalised beside them.
"""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Facility, Location
from core import audit
from core.models import Record
from fhir import values
from fhir.references import References, Unresolved
from intake.models import Coverage
from patients import services as patients
from patients.models import (
    Address,
    AllergyIntolerance,
    Condition,
    ContactPoint,
    Encounter,
    OutsideCareTeamMember,
    Patient,
    RelatedPerson,
)
from scheduling.models import Appointment, AppointmentType
from staff.models import PartnerOrganization, Practitioner, PractitionerRole

Resource = dict[str, Any]
REASON = "fhir-import"


@dataclass
class Context:
    """What every writer needs to know of the import under way."""

    facility: Facility
    references: References

    @property
    def zone(self) -> ZoneInfo:
        return self.facility.tz

    def save(self, record: Any) -> Any:
        return audit.save(record, by=None, reason=REASON)

    def patient(self, kind: str, reference: dict[str, Any] | None) -> Patient:
        """The patient a resource is about. Raises Unresolved: nothing is kept that belongs to nobody."""
        found = self.references.resolve(reference, "Patient")
        if not isinstance(found, Patient):
            raise Unresolved(kind, str((reference or {}).get("reference") or "Patient"))
        return found


def write_patient(resource: Resource, row: Patient, context: Context) -> Patient:
    name = values.first(resource.get("name"), use="official")
    usual = values.first(resource.get("name"), use="usual")
    row.family_name = name.get("family") or name.get("text") or "Unknown"
    row.given_name, row.prefix = values.joined(name.get("given")), values.joined(name.get("prefix"))
    row.suffix = values.joined(name.get("suffix"))
    row.preferred_name = values.joined(usual.get("given")) if usual.get("use") == "usual" and usual != name else ""
    row.birth_date = values.whole_date(resource.get("birthDate"))
    row.gender = resource.get("gender") or Patient.Gender.UNKNOWN
    row.language = values.code_of(values.first(resource.get("communication"), preferred=True).get("language")) or "en"
    row.deceased = bool(resource.get("deceasedBoolean") or resource.get("deceasedDateTime"))
    row.deceased_at = values.moment(resource.get("deceasedDateTime"), context.zone)
    row.record_number = row.record_number or _record_number(resource)
    patients.save_patient(patient=row, by=None, reason=REASON)
    patients.join_facility(patient=row, facility=context.facility, by=None, reason=REASON)
    _write_identifiers(resource, row)
    _write_addresses(resource, row)
    _write_telecoms(resource, row)
    patients.reindex(patient=row)
    return row


def _record_number(resource: Resource) -> str:
    """The medical record number of the sending system, unless a person here has it; else one of ours."""
    for identifier in resource.get("identifier") or []:
        value = str(identifier.get("value") or "")
        if values.code_of(identifier.get("type")) == "MR" and value:
            taken = Patient.objects.filter(record_number=value).exists()
            return patients.next_record_number() if taken else value
    return patients.next_record_number()


def _write_identifiers(resource: Resource, row: Patient) -> None:
    known = set(row.identifiers.values_list("system", "value"))
    for identifier in resource.get("identifier") or []:
        key = (str(identifier.get("system") or ""), str(identifier.get("value") or ""))
        if key[1] and key not in known:
            known.add(key)
            kind = values.code_of(identifier.get("type"))
            patients.add_identifier(patient=row, system=key[0], value=key[1], type_code=kind, by=None, reason=REASON)


def _write_addresses(resource: Resource, row: Patient) -> None:
    known: set[tuple[str, ...]] = {(a.line, a.city, a.state, a.postal_code, a.country) for a in row.addresses.all()}
    for address in resource.get("address") or []:
        line = values.lines(address.get("line")) or str(address.get("text") or "")
        parts = [line, *(str(address.get(part) or "") for part in ("city", "state", "postalCode", "country"))]
        if tuple(parts) not in known:
            known.add(tuple(parts))
            use = address.get("use") if address.get("use") in Address.Use.values else Address.Use.HOME
            names = ("line", "city", "state", "postal_code", "country")
            patients.add_address(patient=row, use=use, by=None, reason=REASON, **dict(zip(names, parts, strict=True)))


def _write_telecoms(resource: Resource, row: Patient) -> None:
    known = set(row.telecoms.values_list("system", "value"))
    for rank, telecom in enumerate(resource.get("telecom") or [], 1):
        key = (telecom.get("system"), str(telecom.get("value") or ""))
        if key[0] in ContactPoint.System.values and key[1] and key not in known:
            known.add(key)
            use = telecom.get("use") if telecom.get("use") in ContactPoint.Use.values else ""
            patients.add_contact_point(
                patient=row, system=key[0], value=key[1], use=use, rank=rank, by=None, reason=REASON
            )


def write_related_person(resource: Resource, row: RelatedPerson, context: Context) -> RelatedPerson:
    row.patient = context.patient("RelatedPerson", resource.get("patient"))
    name = values.first(resource.get("name"))
    row.name = str(name.get("text") or "") or f"{values.joined(name.get('given'))} {name.get('family', '')}".strip()
    row.relationship = values.text_of(values.first(resource.get("relationship")))
    row.phone = _telecom(resource, "phone")
    row.email = _telecom(resource, "email")
    row.is_active = resource.get("active", True)
    return context.save(row)


def write_practitioner(resource: Resource, row: Practitioner, context: Context) -> Practitioner:
    name = values.first(resource.get("name"), use="official")
    row.family_name = name.get("family") or name.get("text") or "Unknown"
    row.given_name, row.prefix = values.joined(name.get("given")), values.joined(name.get("prefix"))
    row.suffix = values.joined(name.get("suffix"))[:40]
    row.phone, row.email = _telecom(resource, "phone"), _telecom(resource, "email")
    row.is_active = resource.get("active", True)
    return context.save(row)


def write_practitioner_role(resource: Resource, row: PractitionerRole, context: Context) -> PractitionerRole:
    practitioner = context.references.resolve(resource.get("practitioner"), "Practitioner")
    if not isinstance(practitioner, Practitioner):
        reference = (resource.get("practitioner") or {}).get("reference")
        raise Unresolved("PractitionerRole", str(reference or "Practitioner"))
    same = PractitionerRole.objects.filter(
        practitioner=practitioner, facility=context.facility, ends_on__isnull=True
    ).first()
    row = same or row
    row.practitioner, row.facility = practitioner, context.facility
    row.title = values.text_of(values.first(resource.get("code")))[:120]
    row.starts_on = values.whole_date((resource.get("period") or {}).get("start"))
    row.ends_on = values.whole_date((resource.get("period") or {}).get("end"))
    return context.save(row)


def write_organization(resource: Resource, row: PartnerOrganization, context: Context) -> PartnerOrganization:
    address = values.first(resource.get("address"))
    row.name = str(resource.get("name") or values.joined(resource.get("alias")) or "Unnamed organization")[:200]
    row.phone = _telecom(resource, "phone")
    row.line = (values.lines(address.get("line")) or str(address.get("text") or ""))[:200]
    row.city, row.state = str(address.get("city") or "")[:80], str(address.get("state") or "")[:40]
    row.postal_code = str(address.get("postalCode") or "")[:12]
    row.is_active = resource.get("active", True)
    return context.save(row)


def write_location(resource: Resource, row: Location, context: Context) -> Location:
    kinds = {"bd": Location.Kind.BED, "ro": Location.Kind.ROOM}
    row.facility = context.facility
    row.kind = kinds.get(values.code_of(resource.get("physicalType")), Location.Kind.UNIT)
    name = str(resource.get("name") or resource.get("description") or "Unnamed location")[:80]
    same = Location.objects.filter(facility=context.facility, kind=row.kind, name=name).exclude(pk=row.pk).first()
    row = same or row
    row.name = name
    closed = resource.get("status") == "inactive"
    row.operational_status = Location.OperationalStatus.CLOSED if closed else Location.OperationalStatus.FREE
    return context.save(row)


def write_condition(resource: Resource, row: Condition, context: Context) -> Condition:
    row.patient = context.patient("Condition", resource.get("subject"))
    coding = values.first((resource.get("code") or {}).get("coding"))
    row.system, row.code = str(coding.get("system") or "")[:120], str(coding.get("code") or "")[:40]
    row.display = (values.text_of(resource.get("code")) or "Not named")[:300]
    row.clinical_status = values.code_of(resource.get("clinicalStatus"))
    row.verification_status = values.code_of(resource.get("verificationStatus")) or "unconfirmed"
    row.onset_on = values.whole_date(resource.get("onsetDateTime") or (resource.get("onsetPeriod") or {}).get("start"))
    row.abated_on = values.whole_date(resource.get("abatementDateTime"))
    return context.save(row)


def write_allergy(resource: Resource, row: AllergyIntolerance, context: Context) -> AllergyIntolerance:
    row.patient = context.patient("AllergyIntolerance", resource.get("patient"))
    row.substance = (values.text_of(resource.get("code")) or "Not named")[:200]
    manifestations = values.first(resource.get("reaction")).get("manifestation") or []
    row.reaction = ", ".join(values.text_of(manifestation) for manifestation in manifestations)[:200]
    row.criticality = resource.get("criticality") or AllergyIntolerance.Criticality.UNKNOWN
    row.clinical_status = values.code_of(resource.get("clinicalStatus")) or AllergyIntolerance.ClinicalStatus.ACTIVE
    row.entered_in_error = values.code_of(resource.get("verificationStatus")) == "entered-in-error"
    return context.save(row)


def write_encounter(resource: Resource, row: Encounter, context: Context) -> Encounter:
    row.patient = context.patient("Encounter", resource.get("subject"))
    period = resource.get("period") or {}
    row.status = resource.get("status") or "unknown"
    row.class_code = str((resource.get("class") or {}).get("code") or "")[:40]
    row.type_display = values.text_of(values.first(resource.get("type")))[:300]
    row.starts_at, row.ends_at = (values.moment(period.get(end), context.zone) for end in ("start", "end"))
    return context.save(row)


def write_coverage(resource: Resource, row: Coverage, context: Context) -> Coverage:
    row.patient = context.patient("Coverage", resource.get("beneficiary"))
    payer, plan = values.first(resource.get("payor")), values.first(resource.get("class"))
    known = context.references.resolve(payer, "Organization")
    named = known.name if isinstance(known, PartnerOrganization) else payer.get("display")
    row.payer_name = str(named or values.first([payer.get("identifier")]).get("value") or "Payer not named")[:200]
    row.plan_name = str(plan.get("name") or values.text_of(resource.get("type")))[:200]
    row.member_id = str(resource.get("subscriberId") or resource.get("dependent") or "")
    row.relationship = (values.code_of(resource.get("relationship")) or "self")[:40]
    row.order = int(resource.get("order") or 1)
    status = resource.get("status")
    row.status = status if status in Coverage.Status.values else Coverage.Status.CANCELLED
    period = resource.get("period") or {}
    row.starts_on, row.ends_on = values.whole_date(period.get("start")), values.whole_date(period.get("end"))
    return context.save(row)


def write_care_team(resource: Resource, row: Patient, context: Context) -> Patient:
    """The team's practitioners, on the patient; people with an account here are added by hand, never by a file."""
    patient = context.patient("CareTeam", resource.get("subject"))
    period = resource.get("period") or {}
    starts, ends = (values.moment(period.get(end), context.zone) for end in ("start", "end"))
    for participant in resource.get("participant") or []:
        member = context.references.resolve(participant.get("member"), "Practitioner")
        if isinstance(member, Practitioner):
            title = values.text_of(values.first(participant.get("role")))[:120]
            known = patient.outside_care_team.filter(practitioner=member, title=title, starts_at=starts).first()
            line = known or OutsideCareTeamMember(patient=patient, practitioner=member, title=title, starts_at=starts)
            line.ends_at = ends
            context.save(line)
    return patient


def write_appointment(resource: Resource, row: Appointment, context: Context) -> Appointment:
    """An appointment elsewhere: shown in the timeline, it takes nobody's time here and is never reminded of."""
    actors = [participant.get("actor") for participant in resource.get("participant") or []]
    found = [context.references.resolve(actor, "Patient", "Practitioner") for actor in actors]
    row.patient = next((actor for actor in found if isinstance(actor, Patient)), None)
    starts, ends = (values.moment(resource.get(end), context.zone) for end in ("start", "end"))
    if row.patient is None or starts is None or ends is None:
        raise Unresolved("Appointment", "Patient")
    row.practitioner = next((actor for actor in found if isinstance(actor, Practitioner)), None)
    row.set_time(starts, ends, context.zone)
    row.external, row.facility = True, context.facility
    status = resource.get("status")
    row.status = status if status in Appointment.Status.values else Appointment.Status.PROPOSED
    row.type = _outside_type(context)
    return context.save(row)


def _outside_type(context: Context) -> AppointmentType:
    known = AppointmentType.objects.filter(facility=context.facility, code="outside").first()
    outside = AppointmentType(
        facility=context.facility, code="outside", name="Visit elsewhere", minutes=30, is_active=False
    )
    return known or context.save(outside)


def _telecom(resource: Resource, system: str) -> str:
    found = values.first(resource.get("telecom"), system=system)
    return str(found.get("value") or "")[:40] if found.get("system") == system else ""


# In the order in which they are written: what others refer to comes first.
WRITERS: dict[str, tuple[type[Record], Any]] = {
    "Organization": (PartnerOrganization, write_organization),
    "Location": (Location, write_location),
    "Practitioner": (Practitioner, write_practitioner),
    "PractitionerRole": (PractitionerRole, write_practitioner_role),
    "Patient": (Patient, write_patient),
    "RelatedPerson": (RelatedPerson, write_related_person),
    "Condition": (Condition, write_condition),
    "AllergyIntolerance": (AllergyIntolerance, write_allergy),
    "Encounter": (Encounter, write_encounter),
    "Coverage": (Coverage, write_coverage),
    "CareTeam": (Patient, write_care_team),
    "Appointment": (Appointment, write_appointment),
}
