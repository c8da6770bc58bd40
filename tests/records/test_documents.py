"""Papers never change, and a signature tells when one did."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.roles import Role
from core.errors import DomainError
from records import selectors, services
from records.digests import digest_of, pages_of
from records.models import Document, Signature
from tests import factories

pytestmark = pytest.mark.django_db


def sign(document, by, **fields):
    fields = {"signer_name": "Marisol Rivera", "signer_role": "patient", "method": "typed", **fields}
    return services.sign_document(document=document, by=by, **fields)


def tamper(document):
    """What only an intruder past PostgreSQL's triggers can do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE records_document DISABLE TRIGGER document_never_changes")
        cursor.execute("UPDATE records_document SET text = text || ' ' WHERE id = %s", [document.pk])
        cursor.execute("ALTER TABLE records_document ENABLE TRIGGER document_never_changes")
    return Document.objects.get(pk=document.pk)


def test_a_paper_keeps_digest_pages_author_and_history(write, intake):
    document = write(intake)
    assert (document.sha256, document.pages, document.author) == (digest_of(document.text), 1, intake)
    assert document.history.get().history_user == intake


@pytest.mark.parametrize(("text", "pages"), [("", 1), ("a", 1), ("a\n" * 46, 1), ("a\n" * 47, 2), ("a" * 92 * 47, 2)])
def test_pages_are_estimated_from_lines(text, pages):
    assert pages_of(text) == pages


def test_a_paper_without_text_is_refused(write, intake):
    with pytest.raises(DomainError, match="needs its text"):
        write(intake, text=" \n")


@pytest.mark.parametrize("change", [{"text": "Other."}, {"sha256": "0" * 64}])
def test_the_database_refuses_to_change_a_paper(write, intake, change):
    document = write(intake)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(**change)


def test_the_database_refuses_to_give_a_paper_to_another_patient(write, intake, facility):
    document = write(intake)
    other = factories.patient(facility, given_name="Ana")
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(patient=other)


def test_a_paper_may_be_superseded_and_stays_readable(write, intake, patient):
    document = services.supersede(document=write(intake), by=intake)
    assert services.supersede(document=document, by=intake).status == Document.Status.SUPERSEDED
    assert document.history.count() == 2
    with pytest.raises(DomainError, match="no longer current"):
        sign(document, intake)


def test_a_signature_holds_until_one_byte_changes(write, intake):
    signature = sign(write(intake), intake, witness=intake)
    assert services.verify(signature)
    tamper(signature.document)
    assert not services.verify(Signature.objects.get(pk=signature.pk))


def test_an_altered_paper_cannot_be_signed(write, intake):
    with pytest.raises(DomainError, match="not as it was written"):
        sign(tamper(write(intake)), intake)


def test_a_signature_needs_a_name_and_never_changes(write, intake):
    document = write(intake)
    with pytest.raises(DomainError, match="full name"):
        sign(document, intake, signer_name="  ")
    signature = sign(document, intake)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Signature.objects.filter(pk=signature.pk).update(signer_name="Somebody Else")


def test_the_page_shows_the_paper_and_whether_its_signature_holds(write, intake, sign_in):
    document = write(intake)
    sign(document, intake, witness=intake)
    page = sign_in(intake).get(document.get_absolute_url()).content.decode()
    assert "help with sleep" in page
    assert "Signature holds" in page
    tamper(document)
    page = sign_in(intake).get(document.get_absolute_url()).content.decode()
    assert "Does not match the text" in page


def test_who_writes_own_papers_sees_no_others(write, intake, facility, patient, sign_in):
    treatment = factories.person(Role.TREATMENT, facility)
    theirs, mine = write(intake), write(treatment, title="Option accepted", kind=Document.Kind.ACCEPTANCE)
    client = sign_in(treatment)
    page = client.get(reverse("records:document_list", args=[patient.uuid])).content.decode()
    assert "Option accepted" in page
    assert "Intake packet" not in page
    assert client.get(mine.get_absolute_url()).status_code == 200
    assert client.get(theirs.get_absolute_url()).status_code == 404


def test_a_paper_of_another_patient_is_not_found(write, intake, facility, sign_in):
    document, other = write(intake), factories.patient(facility, given_name="Ana")
    assert sign_in(intake).get(reverse("records:document_detail", args=[other.uuid, document.uuid])).status_code == 404


def test_the_list_asks_the_same_number_of_queries_however_long(
    write, intake, facility, patient, django_assert_num_queries
):
    patient.held = frozenset({"document.own"})
    for number in range(8):
        sign(write(intake, title=f"Paper {number}"), intake)
    with django_assert_num_queries(1):
        assert len(selectors.document_rows(intake, patient, facility)) == 8
