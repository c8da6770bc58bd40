"""Papers that people bring: kept whole or not at all, found by their words, handed out through the door alone."""

import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEvent
from accounts.roles import Role
from core import audit
from core.errors import DomainError
from core.files import places
from core.files.configured import documents_storage
from records import selectors, services
from records.models import Document
from records.services.uploads import sweep_files
from tests import factories
from tests import uploads as files
from tests.bucket import Bucket
from tests.records.bring import folder as folder  # a fixture
from tests.records.bring import kept_in, photograph, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _here(folder):
    """Every test keeps its files in a folder of its own."""


def of(name, document):
    return reverse(f"records:{name}", args=[document.patient.uuid, document.uuid])


def form(**fields):
    file = SimpleUploadedFile("report.pdf", files.pdf(), content_type="text/html")
    return {"files": file, "kind": "laboratory", "title": "", "written_on": "", "source": "", "location": "", **fields}


def test_an_upload_is_kept_with_its_index_digest_and_words(patient, facility, intake, folder):
    document = upload(patient, facility, intake, source="County laboratory", written_on=timezone.localdate())
    assert (document.title, document.content_type, document.pages) == ("Laboratory report", "application/pdf", 1)
    assert "Hemoglobin" in document.text
    assert document.is_intact
    assert document.history.get().history_user == intake
    kept = kept_in(folder)
    assert [path.name for path in kept] == [document.file.name.split("/")[1]]
    assert "report" not in document.file.name


def test_several_files_are_several_papers_or_the_pages_of_one(patient, facility, intake, folder):
    pages = [services.Incoming(f"p{n}.jpg", files.picture()) for n in range(3)]
    index = services.Index(kind="referral", title="Letter")
    rows = services.add_uploads(patient=patient, facility=facility, files=pages, index=index, by=intake)
    assert [row.title for row in rows] == ["Letter (1 of 3)", "Letter (2 of 3)", "Letter (3 of 3)"]
    (one,) = services.add_uploads(patient=patient, facility=facility, files=pages, index=index, as_one=True, by=intake)
    assert (one.content_type, one.pages, one.title) == ("application/pdf", 3, "Letter")


def test_one_bad_file_keeps_none_and_says_which(patient, facility, intake, folder):
    arrived = [services.Incoming("a.pdf", files.pdf()), services.Incoming("b.pdf", b"MZ program")]
    with pytest.raises(DomainError, match="File 2 of 2"):
        services.add_uploads(
            patient=patient, facility=facility, files=arrived, index=services.Index(kind="other"), by=intake
        )
    assert (Document.objects.count(), kept_in(folder)) == (0, [])


def test_a_row_that_fails_leaves_no_file_and_a_swept_file_has_no_row(patient, facility, intake, folder, monkeypatch):
    def fail(*args, **kwargs):
        raise DatabaseError

    with monkeypatch.context() as patched:
        patched.setattr(audit, "save", fail)
        with pytest.raises(DatabaseError), transaction.atomic():
            upload(patient, facility, intake)
    assert kept_in(folder) == []
    kept = upload(patient, facility, intake)
    with transaction.atomic():
        upload(patient, facility, intake)
        transaction.set_rollback(True)
    assert len(kept_in(folder)) == 2
    assert sweep_files(older_than=timedelta(hours=1)) == 0
    assert sweep_files(older_than=timedelta(seconds=-5)) == 1
    assert [path.name for path in kept_in(folder)] == [kept.file.name.split("/")[1]]


def test_a_changed_file_is_noticed(patient, facility, intake, folder, sign_in):
    document = upload(patient, facility, intake)
    path = folder / document.file.name
    path.write_bytes(path.read_bytes() + b" ")
    assert not Document.objects.get(pk=document.pk).is_intact
    assert "not what was written" in sign_in(intake).get(document.get_absolute_url()).content.decode()
    path.unlink()
    assert not Document.objects.get(pk=document.pk).is_intact


def test_the_database_refuses_another_file(patient, facility, intake):
    document = upload(patient, facility, intake)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(file="aa/other")


def version(document, by, **index):
    incoming = services.Incoming("new.pdf", files.pdf("Hemoglobin anew"))
    return services.add_version(
        document=document, file=incoming, index=services.Index(**{"kind": "laboratory", **index}), by=by
    )


def test_a_newer_version_takes_the_place_of_one(patient, facility, intake):
    first = upload(patient, facility, intake)
    second = version(first, intake)
    assert second.replaces == first
    assert Document.objects.get(pk=first.pk).status == Document.Status.SUPERSEDED
    assert [row.pk for row in selectors.versions_of(first)] == [second.pk, first.pk]
    with pytest.raises(DomainError, match="newer version meanwhile"):
        version(first, intake)


@pytest.mark.django_db(transaction=True)
def test_of_two_versions_at_once_one_is_kept(patient, facility, intake, folder):
    first, outcomes = upload(patient, facility, intake), []

    def add():
        try:
            outcomes.append(version(first, intake).pk)
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("document.old") == 1
    assert Document.objects.filter(replaces=first).count() == 1
    assert len(kept_in(folder)) == 2


def test_a_paper_written_here_has_no_uploaded_version(write, intake):
    with pytest.raises(DomainError, match="Only an uploaded paper"):
        version(write(intake), intake)


def test_what_is_said_about_a_paper_may_change_and_what_it_is_may_not(patient, facility, intake, write, sign_in):
    document = upload(patient, facility, intake)
    client = sign_in(intake)
    sent = form(kind="imaging", title="X-ray", location="Box 4", version=document.version)
    assert client.post(of("document_index", document), sent).status_code == 302
    document.refresh_from_db()
    assert (document.kind, document.title, document.location) == ("imaging", "X-ray", "Box 4")
    assert client.post(of("document_index", document), sent | {"title": "Y"}).status_code == 409
    rendered = write(intake)
    with pytest.raises(DomainError, match="keeps its kind"):
        services.index_document(document=rendered, index=services.Index(kind="imaging"), by=intake)


def test_a_mistake_leaves_the_chart_and_says_why_in_the_history(patient, facility, intake, write, sign_in):
    document = upload(patient, facility, intake)
    answer = sign_in(intake).post(of("document_mistake", document), {"mistake": "wrong-person"})
    assert answer.status_code == 302
    assert document.history.first().history_change_reason == "wrong-person"
    assert sign_in(intake).get(document.get_absolute_url()).status_code == 404
    submitted = upload(patient, facility, intake)
    services.submit_record(patient=patient, facility=facility, documents=[submitted], page_count=1, by=intake)
    with pytest.raises(DomainError, match="with the clerk"):
        services.mark_mistaken(document=submitted, mistake="twice", by=intake)


def test_the_form_takes_files_and_says_what_is_wrong(patient, intake, sign_in):
    client, path = sign_in(intake), reverse("records:document_add", args=[patient.uuid])
    assert client.post(path, form()).status_code == 302
    assert client.post(path, form(files="")).status_code == 422
    bad = client.post(path, form(files=SimpleUploadedFile("a.pdf", b"MZ\x90")))
    assert bad.status_code == 422
    assert "This kind of file is not taken" in bad.content.decode()
    later = client.post(path, form(written_on="2999-01-01"))
    assert "still to come" in later.content.decode()
    assert Document.objects.count() == 1


def test_a_file_past_the_limit_is_thrown_away_while_it_arrives(patient, intake, sign_in, settings, folder):
    settings.UPLOAD_MAX_BYTES = 1 << 20
    big = SimpleUploadedFile("a.txt", b"a" * (3 << 20))
    answer = sign_in(intake).post(reverse("records:document_add", args=[patient.uuid]), form(files=big))
    assert answer.status_code == 422
    assert "1 MB at most" in answer.content.decode()
    assert kept_in(folder) == []


@pytest.mark.parametrize(
    ("content", "name", "view", "disposition", "policy"),
    [
        (files.pdf(), "a.pdf", "", "attachment", "default-src 'none'"),
        (files.pdf(), "a.pdf", "?view=1", "inline", "object-src 'self'"),
        (files.picture(), "a.jpg", "?view=1", "inline", "sandbox"),
        (b"<script>alert(1)</script>", "a.txt", "?view=1", "inline", "sandbox"),
        (files.word(), "a.docx", "?view=1", "attachment", "sandbox"),
    ],
)
def test_a_file_is_handed_out_with_safe_headers(
    patient, facility, intake, sign_in, content, name, view, disposition, policy
):
    document = upload(patient, facility, intake, content=content, name=name)
    answer = sign_in(intake).get(of("document_file", document) + view)
    assert answer["Content-Disposition"].startswith(disposition)
    assert policy in answer["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Type"].split(";")[0] == document.content_type
    assert "Rivera" not in str(answer.headers)
    if name.endswith(("pdf", "txt")):
        assert b"".join(answer.streaming_content) == content
    line = AccessEvent.objects.filter(target=f"records.Document:{document.pk}").get()
    assert (line.action, line.user_id, line.patient_id) == ("view" if view else "export", intake.pk, patient.pk)


def test_a_file_is_refused_to_who_may_not_read_its_paper(patient, facility, other_facility, intake, clerk, sign_in):
    document = upload(patient, facility, intake)
    stranger = factories.person(Role.INTAKE, other_facility)
    desk_mate = factories.person(Role.TREATMENT, facility)
    physician_services = factories.person(Role.PHYSICIAN_SERVICES, facility)
    for name in ("document_file", "document_detail", "document_index", "document_version"):
        for person in (stranger, desk_mate, physician_services, clerk):
            assert sign_in(person).get(of(name, document)).status_code in {403, 404}
    services.submit_record(patient=patient, facility=facility, documents=[document], page_count=1, by=intake)
    assert sign_in(clerk).get(of("document_file", document)).status_code == 200


def test_papers_are_found_by_the_beginnings_of_their_words(patient, facility, intake, sign_in):
    upload(patient, facility, intake, title="Blood count")
    upload(patient, facility, intake, content=files.word("Alta médica"), name="a.docx", title="Letter", kind="other")
    path = reverse("records:document_search", args=[patient.uuid])
    for words, found in (
        ("hemo lim", ["Blood count"]),
        ("MÉDICA", ["Letter"]),
        ("blood", ["Blood count"]),
        ("hemo alta", []),
        ("' | !", []),
        ("", ["Blood count", "Letter"]),
    ):
        page = sign_in(intake).post(path, {"words": words}, headers={"HX-Request": "true"}).content.decode()
        assert [title for title in ("Blood count", "Letter") if title in page] == found, words
    assert AccessEvent.objects.filter(action="search", patient_id=patient.pk).exists()


def test_words_of_a_paper_one_may_not_read_find_nothing(patient, facility, intake, sign_in):
    upload(patient, facility, intake)
    path = reverse("records:document_search", args=[patient.uuid])
    page = sign_in(factories.person(Role.TREATMENT, facility)).post(path, {"words": "hemoglobin"}).content.decode()
    assert "No paper with these words" in page


def test_the_search_uses_the_index_of_words(patient, intake):
    patient.held = frozenset({"document.own"})
    rows = Document.objects.filter(pk__in=selectors.found_documents(intake, patient, "hemo")).order_by()
    everywhere = selectors.found_documents(intake, patient, "hemo").query
    everywhere.where.children = everywhere.where.children[-1:]
    everywhere.clear_ordering(force=True)
    assert rows.count() == 0
    sql, values = everywhere.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}", values)
        assert "document_words" in "".join(row[0] for row in cursor.fetchall())


def test_photos_are_a_series_by_site_with_their_change(patient, facility, intake, sign_in, django_assert_num_queries):
    long_ago = timezone.now() - timedelta(days=14)
    first = photograph(patient, facility, intake, taken_at=long_ago)
    last = photograph(patient, facility, intake, length_mm=20, taken_at=timezone.now() - timedelta(minutes=1))
    photograph(patient, facility, intake, body_site="Wound of the scalp", laterality="midline")
    assert first.document.title == "Lower leg, left"
    page = sign_in(intake).get(reverse("records:photo_series", args=[patient.uuid, last.uuid])).content.decode()
    for said in ("50 % smaller", "8.0 cm²", "4.0 cm²", "Lower leg, left"):
        assert said in page
    assert "scalp" not in page
    patient.held = frozenset({"document.own"})
    with django_assert_num_queries(1):
        assert len(selectors.photo_series(intake, patient, facility)) == 2


def test_a_photo_without_a_time_has_the_cameras(patient, facility, intake):
    photo = photograph(patient, facility, intake)
    assert photo.taken_at.astimezone(facility.tz).isoformat() == "2026-11-20T09:30:00-05:00"


@pytest.mark.parametrize(
    ("finding", "says"),
    [
        ({"laterality": "none"}, "which side"),
        ({"body_site": " "}, "part of the body"),
        ({"taken_at": timezone.now() + timedelta(days=1)}, "in the future"),
    ],
)
def test_a_photo_says_where_and_when(patient, facility, intake, finding, says):
    with pytest.raises(DomainError, match=says):
        photograph(patient, facility, intake, **finding)


def test_a_photo_is_taken_from_the_form_and_no_pdf_is(patient, intake, sign_in):
    client, path = sign_in(intake), reverse("records:photo_add", args=[patient.uuid])
    sent = {"files": SimpleUploadedFile("IMG.jpg", files.located_photo()), "body_site": "Hand", "laterality": "right"}
    answer = client.post(path, sent)
    assert answer.status_code == 302
    assert "hand" not in answer["Location"].lower()
    assert client.get(answer["Location"]).status_code == 200
    wrong = client.post(path, sent | {"files": SimpleUploadedFile("a.pdf", files.pdf())})
    assert wrong.status_code == 422
    other = client.post(path, sent | {"body_site": "other", "files": SimpleUploadedFile("a.jpg", files.picture())})
    assert "Say which site it is" in other.content.decode()


@pytest.mark.parametrize("number", [10, 200])
def test_the_list_asks_three_queries_however_many_papers(
    patient, facility, intake, write, number, django_assert_num_queries
):
    patient.held = frozenset({"document.own"})
    for _ in range(number):
        write(intake)
    with django_assert_num_queries(1):
        selectors.document_rows(intake, patient, facility, words="sleep")


def test_a_paper_written_here_is_printed_as_it_was_written(write, intake, sign_in):
    document = write(intake)
    services.sign_document(
        document=document,
        signer_name="Marisol Rivera",
        signer_role="patient",
        method="typed",
        witness=intake,
        by=intake,
    )
    answer = sign_in(intake).get(of("document_pdf", document))
    assert answer["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert AccessEvent.objects.filter(action="print", target=f"records.Document:{document.pk}").exists()


def test_while_the_store_is_away_nothing_is_half_kept_and_the_form_keeps_what_was_typed(
    settings, tmp_path, patient, intake, sign_in, monkeypatch
):
    bucket = Bucket()
    settings.STORAGES = settings.STORAGES | {"documents": documents_storage(bucket.url, tmp_path)}
    monkeypatch.setattr(Document._meta.get_field("file"), "storage", places.storage())
    client, add = sign_in(intake), reverse("records:document_add", args=[patient.uuid])

    def send():
        file = SimpleUploadedFile("report.pdf", files.pdf())
        return client.post(add, {"files": [file], "kind": "laboratory", "title": "Blood count of May"})

    bucket.fails = 403
    answer = send()
    assert answer.status_code == 503
    for said in ("The store of documents does not answer", "Blood count of May"):
        assert said in answer.content.decode()
    assert not Document.objects.exists()
    bucket.fails = ""
    assert send().status_code == 302
    paper = Document.objects.get()
    bucket.fails = 403
    for url in (reverse("records:document_file", args=[patient.uuid, paper.uuid]), paper.get_absolute_url()):
        answer = client.get(url)
        assert (answer.status_code, answer["Retry-After"]) == (503, "60")
        assert "try again in a few minutes" in answer.content.decode()
        assert "Blood count" not in answer.content.decode()
    bucket.shutdown()
