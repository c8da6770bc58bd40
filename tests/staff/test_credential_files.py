"""Copies of licenses and certificates: looked at like any upload, for those who keep them and whose they are."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import AccessEvent
from accounts.roles import Role
from core.errors import DomainError
from core.files import places
from core.files.uploads import Incoming, Upload
from records.services.uploads import sweep_files
from staff import selectors, services
from staff.models import CredentialFile
from tests import factories
from tests import uploads as files

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(facility):
    return factories.person(Role.PHYSICIAN_SERVICES, facility)


@pytest.fixture
def doctor(facility):
    return factories.practitioner(facility, user=factories.person(Role.CLINICIAN, facility))


@pytest.fixture
def credential(doctor):
    return doctor.credentials.get()


@pytest.fixture
def copy(credential, desk):
    (row,) = services.add_credential_files(credential=credential, files=[Incoming("dea.pdf", files.pdf())], by=desk)
    return row


def sent(*contents, name="scan.jpg"):
    return {"files": [SimpleUploadedFile(name, content) for content in contents]}


def test_copies_are_brought_listed_and_opened(credential, doctor, desk, sign_in):
    client, add = sign_in(desk), reverse("staff:credential_file_add", args=[credential.uuid])
    assert client.get(add).status_code == 200
    assert client.post(add, sent(files.located_photo(), files.picture())).status_code == 302
    page = client.get(reverse("staff:credential_files", args=[credential.uuid])).content.decode()
    assert page.count("Newer version") == 2
    assert "2 copies" in client.get(doctor.get_absolute_url()).content.decode()
    row = CredentialFile.objects.earliest("pk")
    url = reverse("staff:credential_file", args=[row.uuid])
    for answer, disposition in ((client.get(url), "attachment"), (client.get(url + "?view=1"), "inline")):
        content = b"".join(answer.streaming_content)
        assert answer["Content-Disposition"] == f'{disposition}; filename="license.jpg"'
        assert "sandbox" in answer["Content-Security-Policy"]
        assert b"PhoneMaker" not in content
    lines = AccessEvent.objects.filter(target=f"staff.CredentialFile:{row.pk}", user_id=desk.pk, patient_id=None)
    assert list(lines.order_by("pk").values_list("action", "data_class")) == [
        ("export", "staff.view"),
        ("view", "staff.view"),
    ]


def test_a_file_that_lies_is_refused_and_nothing_is_kept(credential, desk, sign_in):
    client, add = sign_in(desk), reverse("staff:credential_file_add", args=[credential.uuid])
    answer = client.post(add, sent(files.picture(), b"MZ\x90\x00program"))
    assert answer.status_code == 422
    assert "This kind of file is not taken" in answer.content.decode()
    assert client.post(add, {}).status_code == 422
    assert not CredentialFile.objects.exists()


def test_a_newer_version_leaves_the_one_before_readable(copy, desk, sign_in):
    client, version = sign_in(desk), reverse("staff:credential_file_version", args=[copy.uuid])
    assert client.get(version).status_code == 200
    assert client.post(version, sent(files.picture())).status_code == 302
    newer = CredentialFile.objects.get(replaces=copy)
    copy.refresh_from_db()
    assert (copy.status, newer.status, newer.history.get().history_user) == ("superseded", "current", desk)
    assert client.get(reverse("staff:credential_file", args=[copy.uuid])).status_code == 200
    assert client.post(version, sent(files.picture())).status_code == 422
    with pytest.raises(DomainError, match="replaced this copy"):
        services.mark_credential_file_mistaken(copy=copy, mistake="twice", by=desk)


def test_a_mistake_says_why_and_stays_in_the_history(copy, desk, sign_in):
    client, mistake = sign_in(desk), reverse("staff:credential_file_mistake", args=[copy.uuid])
    client.post(mistake, {"mistake": "because"})
    client.post(mistake, {"mistake": "wrong-person"})
    copy.refresh_from_db()
    assert (copy.status, copy.history.first().history_change_reason) == ("entered-in-error", "wrong-person")


def test_whose_it_is_reads_it_and_changes_nothing(copy, credential, doctor, facility, sign_in):
    its_own, another = sign_in(doctor.user), sign_in(factories.person(Role.CLINICIAN, facility))
    for name, of in (("credential_files", credential), ("credential_file", copy)):
        url = reverse(f"staff:{name}", args=[of.uuid])
        assert (its_own.get(url).status_code, another.get(url).status_code) == (200, 403)
    assert b"Newer version" not in its_own.get(reverse("staff:credential_files", args=[credential.uuid])).content
    assert its_own.get(reverse("staff:credential_file_add", args=[credential.uuid])).status_code == 403


def test_what_was_uploaded_never_changes_and_is_never_swept(copy):
    with pytest.raises(IntegrityError, match="credential_file_never_changes|never changes"), transaction.atomic():
        CredentialFile.objects.filter(pk=copy.pk).update(sha256="0" * 64)
    copy.file.storage.save("aa/nobody", SimpleUploadedFile("x", b"x"))
    assert sweep_files(older_than=-timedelta(days=1)) >= 1
    with copy.file.open("rb") as file:
        assert file.read().startswith(b"%PDF")


@pytest.mark.parametrize("number", [10, 200])
def test_the_list_of_copies_is_one_query(number, credential, facility, django_assert_num_queries):
    copies = [
        CredentialFile(credential=credential, file=f"aa/{n}", content_type="application/pdf", size=1, sha256="0" * 64)
        for n in range(number)
    ]
    CredentialFile.objects.bulk_create(copies)
    with django_assert_num_queries(1):
        assert len(selectors.credential_file_rows(credential, facility)) == number


def test_the_row_that_fails_takes_its_file_along(credential, desk):
    before = set(places.stored_names())
    with pytest.raises(IntegrityError), transaction.atomic():
        services.keep_credential_file(credential, Upload(b"", "application/pdf", 1), by=desk)
    assert set(places.stored_names()) == before
