"""Import of papers and consents: kept to be read, twice the same as once, and never a permission."""

import base64

import pytest

from fhir.papers import CONSENT_STATUSES
from records.models import Consent, Disclosure, Document
from tests import factories
from tests import uploads as files
from tests.fhir.test_import import bundle, person, run
from tests.fhir.test_import import write as write  # a fixture

pytestmark = pytest.mark.django_db


def paper(content: bytes | None = None, **fields) -> dict:
    attachment = {"url": "https://elsewhere.example.org/Binary/7", "contentType": "application/pdf"}
    if content is not None:
        attachment = {"data": base64.b64encode(content).decode(), "contentType": "application/pdf"}
    lab = {"coding": [{"system": "http://loinc.org", "code": "11502-2"}]}
    return {
        "resourceType": "DocumentReference", "id": "d1", "status": "current", "type": lab,
        "date": "2026-10-02T09:00:00Z", "subject": {"reference": "urn:uuid:p1"},
        "content": [{"attachment": attachment}], **fields,
    }  # fmt: skip


def consent(**fields) -> dict:
    actor = {"role": {"coding": [{"code": "IRCP"}]}, "reference": {"display": "County hospital"}}
    return {
        "resourceType": "Consent", "id": "k1", "status": "active", "patient": {"reference": "urn:uuid:p1"},
        "scope": {"coding": [{"code": "patient-privacy"}]}, "category": [{"coding": [{"code": "59284-0"}]}],
        "policyRule": {"coding": [{"code": "OPTIN"}]}, "dateTime": "2026-05-11",
        "provision": {"actor": [actor], "purpose": [{"code": "TREAT"}], "period": {"end": "2027-05-11"}}, **fields,
    }  # fmt: skip


def test_the_official_papers_and_consents_arrive_and_twice_is_once(facility, shared_data):
    first = run(shared_data / "fhir/r4-examples")
    assert first["failed"] == 0
    assert first["created"]["Consent"] + first["unresolved"].get("Consent", 0) >= 10
    assert first["created"]["Consent"] >= 8
    assert first["created"].get("DocumentReference", 0) + first["unresolved"].get("DocumentReference", 0) >= 1
    counts = Consent.objects.count(), Document.objects.count(), Consent.history.count(), Document.history.count()
    second = run(shared_data / "fhir/r4-examples")
    assert not {"Consent", "DocumentReference"} & (second["created"].keys() | second["updated"].keys())
    assert counts == (
        Consent.objects.count(), Document.objects.count(), Consent.history.count(), Document.history.count()
    )  # fmt: skip
    assert not Consent.objects.filter(status="active").exists()


def test_a_file_inside_is_looked_at_and_kept(facility, write):
    run(write(bundle(person(), paper(files.pdf()))))
    document = Document.objects.get()
    assert (document.kind, document.content_type, document.author) == ("laboratory", "application/pdf", None)
    assert "Hemoglobin" in document.text
    assert document.is_intact
    assert str(document.written_on) == "2026-10-02"


@pytest.mark.parametrize("content", [None, b"MZ\x90 a program", files.locked_pdf()])
def test_a_file_elsewhere_or_refused_is_kept_as_a_reference(facility, write, content):
    run(write(bundle(person(), paper(content))))
    document = Document.objects.get()
    assert not document.is_upload
    assert "kept in another system" in document.text
    assert ("elsewhere.example.org" in document.text) == (content is None)
    assert ("was not kept" in document.text) == (content is not None)


def test_another_content_is_a_newer_version_and_another_title_is_not(facility, write):
    run(write(bundle(person(), paper(files.pdf()))))
    first = Document.objects.get()
    run(write(bundle(person(), paper(files.pdf(), description="Blood count"))))
    assert Document.objects.get().title == "Blood count"
    run(write(bundle(person(), paper(files.pdf("Other words entirely"), description="Blood count"))))
    newer = Document.objects.get(status="current")
    assert newer.replaces == first
    assert Document.objects.get(pk=first.pk).status == "superseded"
    summary = run(write(bundle(person(), paper(files.pdf("Other words entirely"), description="Blood count"))))
    assert (summary["created"], summary["updated"], Document.objects.count()) == ({}, {}, 2)


def test_an_imported_consent_is_a_draft_that_says_why(facility, write):
    run(write(bundle(person(), consent())))
    row = Consent.objects.get()
    assert (row.status, row.signature, row.document, row.author) == ("draft", None, None, None)
    assert (row.purposes, str(row.expires_on)) == (["treatment"], "2027-05-11")
    assert row.recipients.get().name == "County hospital"
    assert "permits nothing" in row.description
    assert not Disclosure.objects.exists()


@pytest.mark.parametrize("status", ["rejected", "inactive", "entered-in-error"])
def test_what_has_ended_elsewhere_has_ended_here(facility, write, status):
    run(write(bundle(person(), consent(status=status))))
    assert Consent.objects.get().status == CONSENT_STATUSES[status]


def test_a_draft_that_somebody_took_up_is_left_alone(facility, write):
    run(write(bundle(person(), consent())))
    row = Consent.objects.get()
    row._history_user = factories.UserFactory()
    row.description = "What we agreed on."
    row.save()
    run(write(bundle(person(), consent(dateTime="2026-06-01"))))
    assert Consent.objects.get().description == "What we agreed on."


def test_the_paper_inside_a_consent_is_kept_once_and_changes_as_papers_do(facility, write):
    inside = {"contentType": "application/pdf", "data": base64.b64encode(files.pdf()).decode(), "title": "Signed form"}
    given = consent(sourceAttachment=inside)
    run(write(bundle(person(), given)))
    document, row = Document.objects.get(), Consent.objects.get()
    assert (document.kind, document.title, document.patient) == ("consent", "Signed form", row.patient)
    assert "Hemoglobin" in document.text
    assert (row.status, row.document) == ("draft", None)
    assert "among the documents" in row.description
    again = run(write(bundle(person(), given)))
    assert (again["created"], again["updated"], Document.objects.count()) == ({}, {}, 1)
    other = inside | {"data": base64.b64encode(files.pdf("Other words entirely")).decode()}
    run(write(bundle(person(), consent(sourceAttachment=other))))
    assert Document.objects.get(status="current").replaces == document


@pytest.mark.parametrize(
    ("source", "says", "papers"),
    [
        ({"sourceReference": {"reference": "DocumentReference/d1"}}, "Its paper is among the documents.", 1),
        ({"sourceReference": {"reference": "Contract/9"}}, "Its paper is kept in another system.", 1),
        ({"sourceAttachment": {"title": "The terms"}}, "", 1),
        ({"sourceAttachment": {"url": "https://elsewhere.example.org/Binary/8"}}, "among the documents.", 2),
    ],
)
def test_where_the_paper_of_a_consent_is(facility, write, source, says, papers):
    run(write(bundle(person(), paper(files.pdf()), consent(**source))))
    assert says in Consent.objects.get().description
    assert ("Its paper" in Consent.objects.get().description) is bool(says)
    assert Document.objects.count() == papers
