"""What has to work on any device: no script runs, every step is a page."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from records.models import Document
from records.services import create_document
from scheduling import services
from scheduling.models import Appointment, Reminder
from tests.journeys.stage import House, link_in, visit_ahead
from tests.scheduling.postbox import Postbox
from tests.scheduling.stage import consent

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_an_inquiry_is_added_and_accepted(visit, house: House):
    intake = visit(house.people[Role.INTAKE], scripts=False)
    intake.go().press("Add inquiry")
    intake.type({"Name": "Rivera", "Telephone or birth date": "5", "Reason": "Wants to drink less."})
    intake.press("Save inquiry").sees("Give a telephone number (7 to 15 digits)")
    intake.type({"Telephone or birth date": "555-010-4477"}).press("Save inquiry").sees("Wants to drink less.")
    intake.press("Accept").sees("You hold the baton")
    intake.go().sees("Rivera", intake.part("Intakes under way"))


def test_a_person_answers_changes_the_answer_and_stops_the_messages(visit, house: House, postbox: Postbox):
    appointment = visit_ahead(house)
    consent(appointment.patient, house.facility)
    Reminder.objects.create(appointment=appointment, schedule_version=1, at_any_hour=True, send_at=timezone.now())
    services.send_due_reminders(worker="test")
    (mail,) = postbox.messages
    person = visit(scripts=False, width=360)
    person.go(link_in(mail)).press("Confirm").sees("You have confirmed that you will come")
    person.press("I can't make it").sees("You can choose another time here, or we will call you")
    appointment.refresh_from_db()
    assert appointment.reply == Appointment.Reply.DECLINED
    person.go(mail["List-Unsubscribe"].strip("<> ")).press("Stop the messages").sees("No more messages")


def test_the_pages_of_an_envelope_are_counted_by_the_server(visit, house: House):
    person, desk = visit_ahead(house).patient, house.people[Role.TREATMENT]
    create_document(
        patient=person, facility=house.facility, kind=Document.Kind.ACCEPTANCE, title="Accepted option",
        text="I accept.", by=desk,
    )  # fmt: skip
    treatment = visit(desk, scripts=False).go(reverse("records:submission_add", args=[person.uuid]))
    treatment.page.get_by_role("checkbox").check()
    treatment.press("Submit").sees("The clerk has it on the desk now")
