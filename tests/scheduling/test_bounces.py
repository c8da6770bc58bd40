"""Messages that come back: the address is suspended, the desk is asked to call, a person lifts it again."""

import mailbox
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from episodes.models import Task
from patients import services as patients
from scheduling import bouncebox, selectors, services, tasks
from scheduling.dsn import bounce_in
from scheduling.models import Reminder
from scheduling.services.bounces import record_bounce
from tests.scheduling import stage
from tests.scheduling.dsn import report
from tests.scheduling.imap import Imap

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(visit, patient, facility, postbox):
    """A reminder that has left."""
    stage.consent(patient, facility)
    return another(visit)


def another(visit):
    row = Reminder.objects.create(
        appointment=visit, rule=stage.rule(visit.facility), schedule_version=1, at_any_hour=True,
        send_at=timezone.now(),
    )  # fmt: skip
    assert services.send_due_reminders(worker="test") == {"sent": 1}
    row.refresh_from_db()
    return row


def came_back(row, **said):
    return record_bounce(bounce=bounce_in(report(row.message_id, **said)))


def suspended(patient):
    return patient.telecoms.get(system="email").suspended_reason


def test_a_permanent_failure_suspends_the_address_and_asks_the_desk_to_call(sent, patient, visit, facility, booker):
    assert came_back(sent) == "hard"
    sent.refresh_from_db()
    assert (sent.code, suspended(patient)) == ("bounce-5.1.1", "bounce")
    assert sent.bounced_at is not None
    history = patient.telecoms.get(system="email").history.first()
    assert (history.history_user, history.history_change_reason) == (None, "bounce")
    task = Task.objects.open().get(kind="mail-came-back")
    assert (task.owner_role, task.focus) == ("treatment", visit)
    assert [row["reason"] for row in selectors.call_list_rows(facility, user=booker)] == ["Mail came back"]
    assert selectors.code_label(sent.code) == "Came back (5.1.1)"
    assert came_back(sent) == "known"
    assert Task.objects.open().filter(kind="mail-came-back").count() == 1


def test_nothing_is_sent_to_it_any_more(sent, visit, postbox):
    came_back(sent)
    row = Reminder.objects.create(appointment=visit, schedule_version=1, at_any_hour=True, send_at=timezone.now())
    assert services.send_due_reminders(worker="test") == {"skipped": 1}
    row.refresh_from_db()
    assert row.code == "suspended"


@pytest.mark.parametrize(
    ("status", "action"), [("4.4.7", "failed"), ("4.2.2", "delayed"), ("5.2.2", "failed"), ("5.7.1", "failed")]
)
def test_what_is_not_the_addresss_fault_only_counts(status, action, sent, patient):
    assert came_back(sent, status=status, action=action) == "soft"
    assert suspended(patient) == ""
    assert came_back(sent, status=status, action=action) == "known"


def test_the_third_temporary_failure_within_seven_days_suspends(sent, patient, visit):
    rows = [sent, another(visit), another(visit)]
    at = timezone.now()
    for number, row in enumerate(rows):
        with time_machine.travel(at + timedelta(days=number), tick=False):
            assert came_back(row, status="4.2.2") == "soft"
        assert bool(suspended(patient)) == (number == 2)


def test_temporary_failures_long_apart_do_not(sent, patient, visit):
    at = timezone.now()
    for number, row in enumerate([sent, another(visit), another(visit)]):
        with time_machine.travel(at + timedelta(days=4 * number), tick=False):
            came_back(row, status="4.2.2")
    assert suspended(patient) == ""


def test_after_a_temporary_failure_a_permanent_one_still_counts(sent, patient):
    came_back(sent, status="4.4.1", action="delayed")
    assert came_back(sent) == "hard"
    assert suspended(patient) == "bounce"


def test_an_address_corrected_meanwhile_is_left_alone(sent, patient, booker):
    point = patient.telecoms.get(system="email")
    patients.change_contact_point(contact=point, expected_version=1, by=booker, value="right@example.net")
    assert came_back(sent) == "hard"
    assert suspended(patient) == ""


def test_a_forwarded_message_names_the_address_it_was_sent_to(sent, patient):
    assert came_back(sent, recipient="elsewhere@example.org", original="marisol@example.net") == "hard"
    assert suspended(patient) == "bounce"


def test_the_head_alone_is_enough(sent, patient):
    assert came_back(sent, headers_only=True) == "hard"


def test_the_address_it_comes_back_to_may_name_the_message(visit, patient, facility, postbox, settings):
    settings.BOUNCE_ADDRESS = "bounces+{id}@mail.example.org"
    stage.consent(patient, facility)
    row = another(visit)
    assert postbox.senders == [f"bounces+{row.uuid.hex}@mail.example.org"]
    raw = report("", to=f"Bounces <bounces+{row.uuid.hex.upper()}@mail.example.org>")
    assert record_bounce(bounce=bounce_in(raw)) == "hard"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Subject: I am away until Monday\n\nHello\n",
        b"\xff\xfe\x00",
        report("<x@y>", action="delivered"),
        report("", action="failed"),
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n???\n--x--\n",
    ],
)
def test_other_mail_is_no_bounce(raw):
    assert bounce_in(raw) is None


def test_a_report_about_a_message_that_is_not_ours_is_passed_over(sent):
    assert record_bounce(bounce=bounce_in(report("<somebody@else>"))) == "unknown"


@pytest.fixture
def mixed(sent):
    return [b"Subject: I am away\n\nHello\n", report("<somebody@else>"), report(sent.message_id)]


def test_a_folder_is_emptied_of_reports_and_other_mail_is_marked_as_seen(mixed, tmp_path, settings, patient, caplog):
    settings.BOUNCE_URL = f"maildir://{tmp_path}/bounces"
    folder = mailbox.Maildir(tmp_path / "bounces")
    for raw in mixed:
        folder.add(raw)
    tasks.read_bounces()
    assert suspended(patient) == "bounce"
    (left,) = folder
    assert (left["Subject"], left.get_flags()) == ("I am away", "S")
    with bouncebox.opened(settings.BOUNCE_URL) as box:
        assert services.read_bounces(box) == {}
    assert "example.net" not in caplog.text


def test_a_mailbox_on_a_mail_server_is_read_over_tls(mixed, tmp_path, settings, monkeypatch, patient):
    server = Imap(tmp_path, mixed)
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    settings.BOUNCE_URL = server.url
    tasks.read_bounces()
    assert suspended(patient) == "bounce"
    assert server.messages == {1: mixed[0]}
    assert server.flags == {1: {"Seen"}}
    server.server.shutdown()


def test_a_mailbox_that_is_away_is_tried_again_later(settings, caplog):
    settings.BOUNCE_URL = "imaps://bounces:secret@127.0.0.1:1/INBOX"
    tasks.read_bounces()
    assert "secret" not in caplog.text


def test_a_person_lifts_the_suspension(sent, patient, booker, sign_in):
    came_back(sent)
    point = patient.telecoms.get(system="email")
    page = sign_in(booker).get(reverse("patients:contact_point_edit", args=[patient.uuid, point.uuid]))
    assert "Send there again" in page.content.decode()
    url = reverse("patients:contact_point_resume", args=[patient.uuid, point.uuid])
    for _ in range(2):
        assert sign_in(booker).post(url).status_code == 302
    assert suspended(patient) == ""
    assert point.history.first().history_user == booker
