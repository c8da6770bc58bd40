"""Everything that can be searched, with what is marked: to be found by a value is to have read it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.contrib import admin
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode

from patients.models import ContactPoint, Identifier, Note, Patient
from records.models import Document
from tests.markers import marked_models
from tests.world import World

HTMX = {"HX-Request": "true"}  # the answer alone, without the box that says what was typed


@dataclass(frozen=True)
class Search:
    """A question with a marked value. Whoever gets `witness` in the answer has learned that the value is this one's."""

    place: str
    path: str
    witness: str
    data: dict[str, str] | None = None  # by POST, if there is any
    headers: dict[str, str] = field(default_factory=dict)


def searches(world: World) -> Iterator[Search]:
    patient = Patient.objects.get(pk=world.patient.pk)
    yield from _people(patient)
    yield from _duplicates(patient)
    yield from _papers(patient)
    yield from _admin(patient)


def ask(client: Client, search: Search) -> HttpResponse:
    how = client.get if search.data is None else client.post
    return how(search.path, search.data, headers=search.headers)


def _people(patient: Patient) -> Iterator[Search]:
    typed = {f"patients.Patient.{name}": getattr(patient, name) for name in NAMES}
    typed |= {"patients.Patient.birth_date": patient.birth_date.isoformat()}
    typed["patients.Patient.record_number"] = patient.record_number
    typed["patients.Identifier.value"] = Identifier.objects.get(patient=patient).value
    path = reverse("desks:search")
    for place, text in typed.items():
        yield Search(place, path, str(patient.uuid), {"q": text}, HTMX)
    for row in ContactPoint.objects.filter(patient=patient):
        text = row.search_key if row.system == "phone" else row.value
        yield Search("patients.ContactPoint.value", path, str(patient.uuid), {"q": text}, HTMX)


NAMES = ("family_name", "preferred_name", "given_name")


def _duplicates(patient: Patient) -> Iterator[Search]:
    """While an inquiry is typed: by both names, by a birth date, by a telephone number."""
    path, headers = reverse("intake:referral_add"), HTMX | {"HX-Target": "duplicates"}
    name = f"{patient.given_name} {patient.family_name}"
    phone = ContactPoint.objects.filter(patient=patient, system="phone").first()
    asked = {
        "patients.Patient.given_name": {"name": name, "reach": ""},
        "patients.Patient.birth_date": {"name": "", "reach": patient.birth_date.isoformat()},
        "patients.ContactPoint.value": {"name": "", "reach": phone.search_key},
    }
    yield from (Search(place, path, str(patient.uuid), data, headers) for place, data in asked.items())


def _papers(patient: Patient) -> Iterator[Search]:
    path = reverse("records:document_search", args=[patient.uuid])
    for name in ("title", "text", "source"):
        for paper in Document.objects.filter(patient=patient).exclude(**{name: ""})[:1]:
            words = getattr(paper, name).split(",")[0]
            yield Search(f"records.Document.{name}", path, f"{paper.uuid}/", {"words": words}, HTMX)


def _admin(patient: Patient) -> Iterator[Search]:
    """Lists by record number and by family name, and what a field for a patient would offer while one types."""
    for model, site in admin.site._registry.items():
        if site.search_fields and model in marked_models():
            path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            query = urlencode({"q": patient.record_number})
            yield Search("patients.Patient.record_number", f"{path}?{query}", 'id="result_list"')
    path = reverse("admin:patients_patient_changelist")
    yield Search("patients.Patient.family_name", f"{path}?{urlencode({'q': patient.sort_key})}", 'id="result_list"')
    asked = {"app_label": "patients", "model_name": Note._meta.model_name, "field_name": "patient"}
    for name in ("record_number", "family_name"):
        query = urlencode(asked | {"term": getattr(patient, name)})
        yield Search(f"patients.Patient.{name}", f"{reverse('admin:autocomplete')}?{query}", f'"id": "{patient.pk}"')
