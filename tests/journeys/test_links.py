"""Behind a patient's link in a real browser: looking changes nothing, and a phone without scripts is enough."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.roles import Role
from scheduling import services
from scheduling.links import digest
from scheduling.models import Appointment, AppointmentLink, Reminder
from scheduling.selectors.othertimes import other_times
from tests.journeys.stage import House, visit_ahead
from tests.scheduling.stage import consent
from tests.scheduling.test_link import counts
from tests.scheduling.test_selfmove import link_to

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def address(token, name="reply"):
    return reverse(f"link:{name}", args=[token])


def test_a_browser_that_runs_scripts_and_does_not_click_changes_no_row(visit, house: House):
    appointment = visit_ahead(house)
    token = link_to(appointment)
    stop = link_to(appointment)
    AppointmentLink.objects.filter(pk=AppointmentLink.objects.latest("pk").pk).update(purpose="opt-out")
    scanner = visit(width=1280)

    def scan(state):
        before = counts()
        for path, name in (
            (address(token), "reply"),
            (address(token, "time"), "time"),
            (address(stop, "opt_out"), "stop"),
        ):
            scanner.go(path, name=f"link {name}, {state}")
            scanner.page.mouse.move(200, 300)
            scanner.page.keyboard.press("Tab")
            scanner.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        assert counts() == before, state
        assert scanner.context.cookies() == []

    scan("unanswered")
    services.record_answer(appointment=appointment, reply="declined", via="link", by=None)
    scan("declined")
    services.hold_other_time(appointment=appointment, slot=other_times(appointment).same[0])
    scan("a time kept")
    services.take_other_time(link=AppointmentLink.objects.get(token_sha256=digest(token)))
    assert scanner.context.request.get(f"{scanner.home}{address(token)}").status == 404


def test_a_person_takes_another_time_on_an_old_phone(visit, house: House):
    appointment = visit_ahead(house)
    person = visit(scripts=False, width=360).go(address(link_to(appointment)))
    person.press("I can't make it").sees("You can choose another time here")
    first = person.page.locator(".cc-times button").first
    with person.page.expect_navigation():
        first.click()
    person.sees("We keep this time for you until").press("Choose another").sees("Other times")
    with person.page.expect_navigation():
        first.click()
    person.press("Take this time").sees("This is your new time")
    moved = Appointment.objects.get(pk=appointment.pk)
    assert (moved.schedule_version, moved.reply) == (2, "accepted")
    person.press("Call me").sees("We will call you")


def test_a_coordinator_works_through_the_call_list_by_keyboard(visit, house: House):
    appointment = visit_ahead(house)
    services.record_answer(appointment=appointment, reply="tentative", via="link", by=None)
    desk = visit(house.people[Role.TREATMENT]).go(reverse("scheduling:call_list"))
    desk.sees("Asks for a call")
    desk.find("Call…", desk.page.locator("table")).focus()
    with desk.page.expect_navigation():
        desk.page.keyboard.press("Enter")
    desk.look("scheduling:call_list, a call in hand")
    desk.sees("May I speak with").press("No answer").sees("Call logged: no answer.")
    desk.sees("Later").press("Open…", desk.page.locator("table")).press("Confirmed")
    desk.sees("Nobody needs a call now")
    appointment.refresh_from_db()
    assert appointment.reply == Appointment.Reply.ACCEPTED


def test_tomorrows_mail_is_looked_at_in_its_frame(visit, house: House):
    appointment = visit_ahead(house)
    consent(appointment.patient, house.facility)
    send_at = timezone.now() + timedelta(days=1)
    Reminder.objects.update(send_at=send_at)
    desk = visit(house.people[Role.TREATMENT]).go(reverse("scheduling:mail_day"))
    desk.sees("You have an appointment").tap("The HTML part…")
    frame = desk.page.frame_locator("iframe")
    expect(frame.get_by_role("link").first).to_be_visible()
    desk.look("scheduling:mail_day, a message open")
    desk.press("Hold back…").sees("Held back by hand").press("Let it go…").sees("You have an appointment")
