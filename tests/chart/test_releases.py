"""Copies of the record: what is asked for leaves, nothing more, by the clock and through the preflight."""

import zipfile
from datetime import timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader, PdfWriter

from accounts.models import AccessEvent
from accounts.roles import Perm, Role
from chart.services.packets import release_records
from core.errors import DomainError
from episodes.models import Task
from intake.models import Coverage
from patients import services as patients
from patients.access import permissions
from records import services as papers
from records.disclosing import Refused
from records.models import Disclosure, Document, ReleaseRequest
from records.selectors.documents import readable_documents
from records.selectors.releases import packet_released_on, release_rows
from records.services import releases
from records.services.packets import packet_content
from tests import factories
from tests import uploads as files
from tests.records import leaving
from tests.records.bring import upload

pytestmark = pytest.mark.django_db
Status = ReleaseRequest.Status


@pytest.fixture
def clerk(facility):
    return factories.person(Role.CLERK, facility)


@pytest.fixture
def officer(facility):
    return factories.person(Role.PRIVACY_OFFICER, facility)


@pytest.fixture
def patient(facility):
    return factories.patient(facility)


@pytest.fixture
def receive(patient, facility, clerk):
    """A request for the record: by default the person's own, for plan and assessment as a PDF."""

    def _receive(received_on=None, by=clerk, **fields):
        defaults = {
            "kind": "access", "requester_name": "Marisol Rivera", "recipient_name": "Marisol Rivera",
            "purpose": "patient-request", "data_classes": ("assessment", "plan"),
        }  # fmt: skip
        wanted = releases.Wanted(**(defaults | fields))
        return releases.receive_request(
            patient=patient, facility=facility, wanted=wanted, received_on=received_on, by=by
        )

    return _receive


@pytest.fixture
def note(patient, facility):
    """A signed note of a clinician."""
    author = factories.person(Role.CLINICIAN, facility)

    def _note(text="Sleeps better."):
        return patients.sign_note(
            note=patients.draft_note(patient=patient, kind="progress", text=text, by=author), by=author
        )

    return _note


TO_CLINIC = {
    "kind": "authorized", "requester_name": "Lakeside Clinic", "recipient_name": "Lakeside Clinic",
    "recipient_kind": "provider", "purpose": "treatment",
}  # fmt: skip
TO_COURT = {
    "kind": "legal", "requester_name": "County Court", "recipient_name": "County Court", "recipient_kind": "court",
    "purpose": "legal", "data_classes": ("plan",),
}  # fmt: skip


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_a_request_opens_the_record_to_the_desk_until_it_is_answered(receive, clerk, patient, note):
    assert Perm.ASSESSMENT_VIEW not in permissions(clerk, patient)
    note()
    release = receive()
    assert {Perm.ASSESSMENT_VIEW, Perm.COUNSELING_VIEW} <= permissions(clerk, patient)
    task = Task.objects.open().get()
    assert (task.owner_role, task.focus) == (Role.CLERK, release)
    releases.take_request(release=release, by=clerk)
    assert Task.objects.open().get().owner == clerk
    done = release_records(release=release, by=clerk)
    assert (done.status, done.handled_by) == (Status.COMPLETED, clerk)
    assert Perm.ASSESSMENT_VIEW not in permissions(clerk, patient)
    assert not Task.objects.open().exists()


def test_the_clock_is_30_days_and_is_extended_once(receive, clerk, facility):
    release = receive()
    assert release.due_on == release.received_on + timedelta(days=30)
    longer = releases.extend_request(release=release, reason="The archive is being moved.", by=clerk)
    assert longer.last_day == release.received_on + timedelta(days=60)
    with pytest.raises(DomainError):
        releases.extend_request(release=release, reason="Again.", by=clerk)
    late = receive(received_on=timezone.localdate() - timedelta(days=40))
    with pytest.raises(DomainError) as refused:
        releases.extend_request(release=late, reason="Too late.", by=clerk)
    assert refused.value.code == "release.late"
    assert [row["due"].tone for row in release_rows(facility, statuses=list(ReleaseRequest.OPEN))] == [
        "danger",
        "neutral",
    ]


def test_what_the_person_asks_for_leaves_without_notice_and_without_a_disclosure(receive, clerk, note):
    note("Sleeps better.")
    done = release_records(release=receive(), by=clerk)
    said = words(packet_content(done))
    for there in ("Copies of the record", "Marisol Rivera", "Sleeps better.", done.content_sha256[:8]):
        assert there in said
    assert "REDISCLOSURE" not in said
    assert not Disclosure.objects.exists()


def test_a_consented_packet_carries_notice_copy_and_fingerprint(receive, clerk, note, patient, facility):
    note("Sleeps better.")
    consent = leaving.consent(patient, facility, clerk)
    done = release_records(release=receive(**TO_CLINIC), by=clerk)
    said = words(packet_content(done))
    for there in ("NOTICE PROHIBITING REDISCLOSURE", "I agree.", "Sleeps better.", "42 CFR part 2 prohibits"):
        assert there in said
    row = Disclosure.objects.get()
    assert (row.consent, row.request, row.packet, row.packet_sha256) == (consent, done, done.packet, done.packet_sha256)
    assert done.consent == consent
    assert "Diagnoses, assessments and notes" in row.description


def test_without_a_consent_nothing_leaves_and_the_record_stays_open(receive, clerk, note, sign_in, patient):
    note()
    release = receive(**TO_CLINIC)
    with pytest.raises(Refused):
        release_records(release=release, by=clerk)
    release.refresh_from_db()
    assert (release.is_open, Document.objects.filter(kind="release").count()) == (True, 0)
    page = sign_in(clerk).get(reverse("chart:release_preview", args=[patient.uuid, release.uuid]))
    assert b"No consent covers this" in page.content
    assert b"Release it" not in page.content


def test_only_the_kinds_and_days_asked_for_are_in_it(receive, clerk, note, patient, facility):
    note("Sleeps better.")
    factories.email_address(patient)
    Coverage.objects.create(patient=patient, payer_name="Blue Valley", member_id="M-778899", status="active")
    done = release_records(release=receive(data_classes=("coverage",)), by=clerk)
    said = words(packet_content(done))
    assert "M-778899" in said
    assert "Sleeps better." not in said
    assert "marisol@example.net" not in said
    yesterday = timezone.localdate(timezone=facility.tz) - timedelta(days=1)
    old = receive(data_classes=("assessment",), covers_until=yesterday)
    with pytest.raises(DomainError) as refused:
        release_records(release=old, by=clerk)
    assert refused.value.code == "release.empty"


def test_single_papers_are_chosen_and_a_zip_holds_each_by_itself(receive, clerk, patient, facility):
    write = {"patient": patient, "facility": facility, "kind": "laboratory", "by": clerk}
    wanted = papers.create_document(title="Panel of May", text="Normal.\n", **write)
    papers.create_document(title="Panel of June", text="Raised.\n", **write)
    consent = leaving.consent(patient, facility, clerk, data_classes=["document"])
    done = release_records(
        release=receive(**TO_CLINIC, data_classes=("document",), papers=(wanted,), form="zip", consent=consent),
        by=clerk,
    )
    archive = zipfile.ZipFile(BytesIO(packet_content(done)))
    assert sorted(archive.namelist()) == [
        "consent.txt", "manifest.txt", "notice.txt", "papers/001-laboratory.txt", "record.pdf",
    ]  # fmt: skip
    assert archive.read("papers/001-laboratory.txt") == b"Normal.\n"
    manifest = archive.read("manifest.txt").decode()
    assert wanted.sha256 in manifest
    assert done.content_sha256 in manifest


def test_a_request_opens_the_papers_it_asks_for_and_no_others(receive, clerk, officer, patient, facility):
    today = timezone.localdate(timezone=facility.tz)
    write = {"patient": patient, "facility": facility, "kind": "laboratory", "text": "Normal.\n", "author": officer}
    new, old = (
        Document.objects.create(title=title, sha256="0" * 64, written_on=today - timedelta(days=days), **write)
        for title, days in (("New", 10), ("Old", 400))
    )

    def readable():
        patient.held = permissions(clerk, patient)
        return set(readable_documents(clerk, patient).values_list("title", flat=True))

    receive()
    assert readable() == set()
    receive(data_classes=("document",), covers_from=today - timedelta(days=30))
    assert readable() == {new.title}
    chosen = receive(data_classes=("document",), papers=(old,))
    assert readable() == {new.title, old.title}
    releases.deny_request(release=chosen, reason="It would endanger another person.", by=clerk)
    assert readable() == {new.title}


@pytest.fixture
def brought(patient, facility, clerk):
    """Papers as people bring them: a PDF of two pages, a picture, a Word document, a sheet, and a text."""
    writer = PdfWriter()
    for said in ("First side.", "Second side."):
        writer.append(BytesIO(files.pdf(said)))
    writer.encrypt("", "owner", algorithm="AES-256")  # anybody may read it
    two = BytesIO()
    writer.write(two)
    contents = (two.getvalue(), files.picture(size=(900, 600)), files.word(), files.sheet(), "Café at noon.".encode())
    for content in reversed(contents):  # the newest is the first of a packet
        upload(patient, facility, clerk, content=content, name="")


def test_files_leave_page_for_page_or_attached_with_their_words(receive, clerk, brought):
    done = release_records(release=receive(data_classes=("document",)), by=clerk)
    packet = packet_content(done)
    pdf = PdfReader(BytesIO(packet))
    texts = [page.extract_text() for page in pdf.pages]
    record = len(texts) - 3
    assert ("First side." in texts[record], "Second side." in texts[record + 1]) == (True, True)
    assert [len(page.images) for page in pdf.pages[record:]] == [0, 0, 1]
    assert [f"{number:g}" for number in pdf.pages[-1].mediabox[2:]] == ["432", "288"]
    said = " ".join(" ".join(texts[:record]).split())
    for there in (
        f"Pages {record + 1} to {record + 2} of this file.", f"Page {record + 3} of this file.",
        "003-laboratory.docx", "Discharge letter", "004-laboratory.xlsx", "Naltrexone", "Café at noon.",
    ):  # fmt: skip
        assert there in said
    attached = {item.name: bytes(item.content) for item in pdf.attachment_list}
    kept = set(Document.objects.values_list("sha256", flat=True))
    assert {sha256(content).hexdigest() for content in attached.values()} < kept
    assert set(attached) == {"003-laboratory.docx", "004-laboratory.xlsx", "005-laboratory.txt"}
    assert (sha256(packet).hexdigest(), done.packet.pages) == (done.packet_sha256, len(texts))


def test_the_clerk_reads_how_each_paper_will_leave(receive, clerk, brought, patient, sign_in):
    sent = {form: receive(data_classes=("document",), form=form) for form in ("pdf", "zip", "paper")}
    pages = {
        form: sign_in(clerk).get(reverse("chart:release_preview", args=[patient.uuid, row.uuid])).content.decode()
        for form, row in sent.items()
    }
    assert [pages["pdf"].count(words) for words in ("page for page", "attached to the PDF")] == [2, 3]
    assert pages["zip"].count("a file of its own in the ZIP") == 5
    assert pages["paper"].count("only its words are printed") == 3
    printed = PdfReader(BytesIO(packet_content(release_records(release=sent["paper"], by=clerk))))
    assert (list(printed.attachment_list), "Naltrexone" in printed.pages[0].extract_text()) == ([], True)
    zipped = zipfile.ZipFile(BytesIO(packet_content(release_records(release=sent["zip"], by=clerk))))
    endings = ("pdf", "jpg", "docx", "xlsx", "txt")
    names = {f"papers/00{number}-laboratory.{ending}" for number, ending in enumerate(endings, 1)}
    assert names < set(zipped.namelist())


def test_the_preview_shows_what_leaves_and_each_kind_is_in_the_read_log(receive, clerk, note, sign_in, patient):
    note("Sleeps better.")
    release = receive()
    page = sign_in(clerk).get(reverse("chart:release_preview", args=[patient.uuid, release.uuid]))
    assert b"Sleeps better." in page.content
    lines = AccessEvent.objects.filter(patient_id=patient.pk, user_id=clerk.pk).values_list("data_class", flat=True)
    assert {"assessment.view", "plan.view"} <= set(lines)


def test_a_legal_release_waits_for_order_subpoena_and_the_privacy_officer(
    receive, clerk, officer, patient, facility, sign_in
):
    write = {"patient": patient, "facility": facility, "kind": "court", "by": clerk}
    papers.create_document(**(write | {"kind": "care-plan"}), title="Care plan", text="Rest.\n")
    release = receive(**TO_COURT)
    assert {task.owner_role for task in Task.objects.open()} == {Role.CLERK, Role.PRIVACY_OFFICER}
    with pytest.raises(DomainError):
        releases.approve_request(release=release, by=officer)
    with pytest.raises(DomainError) as refused:
        release_records(release=release, by=clerk)
    assert refused.value.code == "release.unapproved"
    order, subpoena = (
        papers.create_document(title=title, text="By the court.\n", **write) for title in ("Order", "Subpoena")
    )
    releases.file_court_papers(release=release, court_order=order, subpoena=subpoena, by=clerk)
    for paper in (release, order, subpoena):
        assert sign_in(officer).get(paper.get_absolute_url()).status_code == 200
    sign_in(officer).post(reverse("records:release_approve", args=[patient.uuid, release.uuid]))
    done = release_records(release=release, by=clerk)
    assert (done.approved_by, Disclosure.objects.get().basis) == (officer, "court-order")


def test_who_changes_an_approved_request_has_it_approved_anew(receive, clerk, officer, patient, facility):
    consent = leaving.consent(
        patient, facility, clerk, category="legal", purposes=["legal"], to=(("court", "County Court"),)
    )
    release = receive(**TO_COURT, consent=consent)
    assert releases.approve_request(release=release, by=officer).approved_at
    wanted = releases.Wanted(**TO_COURT | {"data_classes": ("plan", "assessment"), "consent": consent})
    assert releases.change_request(release=release, wanted=wanted, by=clerk).approved_at is None
    with pytest.raises(DomainError):
        release_records(release=release, by=clerk)


def test_a_denial_has_its_reason_and_an_answered_request_stays_answered(receive, clerk):
    release = receive()
    with pytest.raises(DomainError):
        releases.deny_request(release=release, reason=" ", by=clerk)
    denied = releases.deny_request(release=release, reason="It would endanger another person.", by=clerk)
    assert denied.status == Status.REJECTED
    with pytest.raises(DomainError) as refused:
        release_records(release=release, by=clerk)
    assert refused.value.code == "release.answered"


def test_a_packet_is_in_no_list_of_papers_and_is_handed_out_through_the_door(
    receive, clerk, note, patient, facility, sign_in
):
    note()
    done = release_records(release=receive(), by=clerk)
    coordinator = factories.person(Role.CLINICAL_COORDINATOR, facility)
    patient.held = permissions(coordinator, patient)
    assert done.packet not in readable_documents(coordinator, patient)
    url = reverse("chart:release_packet", args=[patient.uuid, done.uuid])
    answer = sign_in(clerk).get(url)
    assert b"".join(answer.streaming_content) == packet_content(done)
    assert answer["Content-Disposition"] == f'attachment; filename="packet-{done.pk}.pdf"'
    assert AccessEvent.objects.filter(patient_id=patient.pk, action="export", user_id=clerk.pk).exists()
    assert sign_in(coordinator).get(url).status_code == 403


def test_a_packet_that_was_touched_is_not_handed_out(receive, clerk, note):
    note()
    done = release_records(release=receive(), by=clerk)
    with done.packet.file.storage.open(done.packet.file.name, "wb") as file:
        file.write(b"something else")
    with pytest.raises(DomainError) as refused:
        packet_content(done)
    assert refused.value.code == "document.tampered"


def test_the_forms_of_the_desk_do_what_they_say(patient, clerk, sign_in):
    client = sign_in(clerk)
    sent = {
        "kind": "access", "requester_name": "Marisol Rivera", "recipient_kind": "entity", "purpose": "patient-request",
        "data_classes": ["identity"], "form": "pdf",
    }  # fmt: skip
    add = reverse("records:release_add", args=[patient.uuid])
    assert client.post(add, sent | {"data_classes": []}).status_code == 422
    client.post(add, sent)
    release = ReleaseRequest.objects.get()
    assert release.recipient_name == "Marisol Rivera"
    for name, data in (("fee", {"fee": "6.50"}), ("extend", {"reason": "Archive"}), ("take", {})):
        client.post(reverse(f"records:release_{name}", args=[patient.uuid, release.uuid]), data)
    client.post(reverse("records:release_edit", args=[patient.uuid, release.uuid]), sent | {"form": "zip"})
    release.refresh_from_db()
    assert (release.fee_cents, release.handled_by, release.form) == (650, clerk, "zip")
    assert release.extended_on
    for name in ("list", "detail"):
        page = "records:release_list" if name == "list" else "chart:release_detail"
        args = [] if name == "list" else [patient.uuid, release.uuid]
        assert b"Rivera" in client.get(reverse(page, args=args)).content
    client.post(reverse("chart:release_send", args=[patient.uuid, release.uuid]))
    release.refresh_from_db()
    assert release.status == Status.COMPLETED


@pytest.mark.parametrize("many", [10, 200])
def test_the_list_of_requests_is_one_query(many, receive, facility, patient, django_assert_num_queries):
    row = receive()
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    del fields["id"], fields["uuid"]
    ReleaseRequest.objects.bulk_create(ReleaseRequest(**fields) for _ in range(many - 1))
    with django_assert_num_queries(1):
        assert len(release_rows(facility, statuses=list(ReleaseRequest.OPEN))) == min(many, 50)


def test_a_fingerprint_is_known_by_the_day_of_its_release_alone(receive, clerk, note, facility):
    note()
    done = release_records(release=receive(), by=clerk)
    today = timezone.now().date()
    assert packet_released_on(done.packet_sha256) == packet_released_on(done.content_sha256) == today
    assert packet_released_on("0" * 64) is None


def test_the_public_page_tells_the_day_and_nothing_else(receive, clerk, note, client, facility):
    note()
    done = release_records(release=receive(), by=clerk)
    url = reverse("verify_packet")
    grouped = " ".join(done.content_sha256[at : at + 8].upper() for at in range(0, 64, 8))
    for typed in (done.packet_sha256, grouped):
        page = client.post(url, {"fingerprint": typed}).content.decode()
        assert 'name="fingerprint"' in page
        assert "was released on" in page
        for told in ("Rivera", "Marisol", facility.name, str(clerk), "H-", "treatment"):
            assert told not in page
    assert "No packet with this fingerprint is known" in client.post(url, {"fingerprint": "0" * 64}).content.decode()
    assert client.post(url, {"fingerprint": "abc"}).status_code == 422
    spanish = client.post(url, {"fingerprint": done.packet_sha256}, headers={"Accept-Language": "es-US,es"})
    assert "se entregó el" in spanish.content.decode()
    assert '<html lang="es"' in spanish.content.decode()
    answer = client.get(url)
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("no-referrer", "no-store")
    assert [client.get(url).status_code for _ in range(40)][-1] == 429
