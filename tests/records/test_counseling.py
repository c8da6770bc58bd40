"""SUD counseling notes: their author's alone, in nothing else, and out only by a consent of their own."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Perm, Role
from chart.services.packets import release_records
from core.errors import DomainError
from patients import services as patients
from patients.access import permissions
from records.disclosing import Refused
from records.models import CounselingNote
from records.selectors.counseling import counseling_note_of
from records.services import counseling as services
from records.services import releases
from records.services.packets import packet_content
from tests import factories
from tests.records import leaving

pytestmark = pytest.mark.django_db
SECRET = "Was afraid to go home, cuckoo-marker."


@pytest.fixture
def on_team(facility, patient, intake):
    def _on_team(role=Role.CLINICIAN):
        user = factories.person(role, facility)
        patients.add_care_team_member(patient=patient, user=user, facility=facility, role=role, by=intake)
        return user

    return _on_team


@pytest.fixture
def author(on_team):
    return on_team()


@pytest.fixture
def note(author, patient, facility):
    row = services.write_counseling_note(
        patient=patient, facility=facility, text=SECRET, session_at=timezone.now() - timedelta(hours=1), by=author
    )
    return services.sign_counseling_note(note=row, by=author)


def test_only_the_author_reads_it_and_others_learn_how_many_there_are(
    note, author, on_team, patient, facility, sign_in
):
    url = reverse("records:counseling_detail", args=[patient.uuid, note.uuid])
    assert SECRET in sign_in(author).get(url).content.decode()
    colleague = on_team()
    assert sign_in(colleague).get(url).status_code == 404
    with pytest.raises(Http404):
        counseling_note_of(colleague, patient, note.uuid)
    coordinator = factories.person(Role.CLINICAL_COORDINATOR, facility)
    assert sign_in(coordinator).get(url).status_code == 403
    page = sign_in(coordinator).get(reverse("records:counseling_list", args=[patient.uuid])).content.decode()
    assert "1 signed note exists" in page
    assert "cuckoo" not in page


def test_it_is_unreadable_at_rest_in_its_history_too(note):
    with connection.cursor() as cursor:
        for table in ("records_counselingnote", "records_historicalcounselingnote"):
            cursor.execute(f"SELECT text FROM {table}")
            assert all("cuckoo" not in row[0] for row in cursor.fetchall())
    assert CounselingNote.objects.get().text == SECRET


def test_it_is_on_no_other_page_of_the_person(note, author, clerk, patient, facility, sign_in):
    coordinator = factories.person(Role.CLINICAL_COORDINATOR, facility)
    pages = ["chart:patient_detail", "chart:patient_timeline", "patients:note_list", "records:document_list"]
    for user in (author, coordinator):
        for name in pages:
            assert "cuckoo" not in sign_in(user).get(reverse(name, args=[patient.uuid])).content.decode()


def test_a_signed_note_never_changes(note, author, on_team):
    for change in (services.change_counseling_note, services.sign_counseling_note):
        words = {"text": "Else", "session_at": timezone.now()} if change == services.change_counseling_note else {}
        with pytest.raises(DomainError):
            change(note=note, by=author, **words)
    with pytest.raises(IntegrityError), transaction.atomic():
        CounselingNote.objects.update(text="Else")
    with pytest.raises(DomainError):
        services.mark_counseling_note_in_error(note=note, by=on_team())


def test_the_author_writes_changes_and_signs_on_the_screen(author, patient, sign_in):
    client = sign_in(author)
    then = {"session_at": "2026-01-05T10:00"}
    assert client.post(reverse("records:counseling_add", args=[patient.uuid]), then).status_code == 422
    client.post(reverse("records:counseling_add", args=[patient.uuid]), then | {"text": "First."})
    row = CounselingNote.objects.get()
    edit = reverse("records:counseling_edit", args=[patient.uuid, row.uuid])
    client.post(edit, then | {"text": "Second.", "version": row.version})
    assert client.post(edit, then | {"text": "Third.", "version": row.version}).status_code == 409
    client.post(reverse("records:counseling_sign", args=[patient.uuid, row.uuid]))
    row.refresh_from_db()
    assert (row.text, bool(row.signed_at), row.author) == ("Second.", True, author)


def test_the_clerk_releases_it_by_its_own_consent_alone_and_it_is_kept_sealed(note, clerk, patient, facility, sign_in):
    wanted = releases.Wanted(
        "authorized", "Dr. Ames", "Dr. Ames", "treatment", ("counseling",), recipient_kind="provider"
    )
    release = releases.receive_request(patient=patient, facility=facility, wanted=wanted, by=clerk)
    assert Perm.COUNSELING_VIEW in permissions(clerk, patient)
    leaving.consent(patient, facility, clerk, to=(("provider", "Dr. Ames"),))
    with pytest.raises(Refused) as refused:
        release_records(release=release, by=clerk)
    assert refused.value.code == "consent.notes_combined"
    preview = reverse("chart:release_preview", args=[patient.uuid, release.uuid])
    assert "cuckoo" not in sign_in(clerk).get(preview).content.decode()
    leaving.consent(
        patient,
        facility,
        clerk,
        category="counseling-notes",
        data_classes=["counseling"],
        to=(("provider", "Dr. Ames"),),
    )
    assert "cuckoo" in sign_in(clerk).get(preview).content.decode()
    done = release_records(release=release, by=clerk)
    assert packet_content(done).startswith(b"%PDF")
    with done.packet.file.open("rb") as file:
        assert not file.read().startswith(b"%PDF")
    url = reverse("chart:release_packet", args=[patient.uuid, done.uuid])
    assert sign_in(clerk).get(url).status_code == 200
    assert sign_in(factories.person(Role.CLERK, facility)).get(url).status_code == 302
    assert Perm.COUNSELING_VIEW not in permissions(clerk, patient)
