"""Every write has an author, and nobody's text is overwritten unseen."""

import pytest
from django.test import RequestFactory

from core import audit
from core.errors import Conflict
from core.forms import VersionedForm
from core.http import conflict
from patients.models import Flag, Patient
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(facility):
    return factories.person("intake", facility)


@pytest.fixture
def patient(facility):
    return factories.patient(facility, pronouns="she/her")


class PronounsForm(VersionedForm):
    class Meta:
        model = Patient
        fields = ["pronouns"]


def test_a_save_writes_history_with_author_and_reason(patient, author):
    patient.pronouns = "they/them"
    audit.save(patient, by=author, reason="asked")
    line = patient.history.first()
    assert (line.history_user, line.history_change_reason, line.pronouns) == (author, "asked", "they/them")


def test_the_author_and_reason_of_one_save_do_not_leak_into_the_next(patient, author, facility):
    other = factories.person("clerk", facility)
    audit.save(patient, by=author, reason="asked")
    audit.save(patient, by=other)
    line = patient.history.first()
    assert (line.history_user, line.history_change_reason) == (other, None)


def test_each_save_counts_the_version_up(patient, author):
    before = patient.version
    audit.save(patient, by=author)
    audit.save(patient, by=author)
    assert Patient.objects.get(pk=patient.pk).version == before + 2


def test_a_write_by_the_system_says_why(patient):
    with pytest.raises(ValueError, match="reason"):
        audit.save(patient, by=None)


def test_the_second_of_two_savers_gets_a_conflict_and_changes_nothing(patient, author):
    seen = patient.version
    first, second = (Patient.objects.get(pk=patient.pk) for _ in range(2))
    first.pronouns = "he/him"
    audit.save(first, by=author, expected_version=seen)
    second.pronouns = "they/them"
    with pytest.raises(Conflict) as caught:
        audit.save(second, by=author, expected_version=seen)
    assert caught.value.current.pronouns == "he/him"
    assert Patient.objects.get(pk=patient.pk).pronouns == "he/him"


def test_a_save_that_expects_the_version_it_finds_goes_through(patient, author):
    audit.save(patient, by=author, expected_version=patient.version)
    assert Patient.objects.get(pk=patient.pk).version == patient.version


def test_a_failed_write_leaves_no_history(patient, author):
    lines = Flag.history.count()
    with pytest.raises(ValueError, match="patient"):
        audit.save(Flag(patient=Patient()), by=author)
    assert Flag.history.count() == lines


def test_a_records_text_names_nobody(patient):
    assert str(patient) == f"patient {patient.pk}"


def test_the_form_carries_the_version_only_for_a_row_that_exists(patient):
    assert PronounsForm(instance=patient)["version"].value() == patient.version
    assert "version" not in PronounsForm().fields


def test_the_conflict_page_keeps_both_texts_and_the_way_to_save(patient, author, client):
    theirs = Patient.objects.get(pk=patient.pk)
    theirs.pronouns = "he/him"
    audit.save(theirs, by=author)
    form = PronounsForm({"pronouns": "they/them", "version": patient.version}, instance=patient)
    assert form.is_valid()
    request = RequestFactory().post("/somewhere/")
    request.user, request.session = author, {}
    answer = conflict(request, form, Conflict(theirs), back="/back/")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "he/him" in page
    assert "they/them" in page
    assert f'value="{theirs.version}"' in page
    assert "/back/" in page
