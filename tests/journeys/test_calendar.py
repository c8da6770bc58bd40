"""Moving an appointment in the calendar with a real browser: by keyboard, by drag, and who comes second."""

import pytest
from playwright.sync_api import expect

from accounts.roles import Role
from scheduling import services
from scheduling.models import Appointment
from tests import factories
from tests.journeys.stage import DAYS_AHEAD, House, visit_ahead
from tests.scheduling.stage import at, hours

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def booked(house: House) -> Appointment:
    """With the physician at two, and a second one beside who works too."""
    other = factories.practitioner(house.facility, given_name="Zoe", family_name="Zimmer")
    hours(other, house.facility)
    return visit_ahead(house)


def shown(visitor, booked, quarter=None):
    """The block of the appointment in the calendar, by now at that quarter of the grid if one is named."""
    place = f".r-{quarter}" if quarter is not None else ""
    return visitor.page.locator(f".cc-cal-event{place}[data-event='{booked.uuid}']")


def test_an_appointment_is_moved_by_keyboard_and_by_drag(visit, house: House, booked: Appointment):
    desk, day = house.people[Role.TREATMENT], at(DAYS_AHEAD + 1, facility=house.facility).date()
    visitor = visit(desk, width=1280).go(f"/schedule/?day={day}")
    page, keys, dialog = visitor.page, visitor.page.keyboard, visitor.page.locator("dialog#move")
    first = int(page.locator(".cc-cal").get_attribute("data-first"))
    two = (14 - first) * 4

    event = shown(visitor, booked, two)
    event.focus()
    keys.press("m")
    keys.press("ArrowDown")
    expect(page.locator("#announce")).to_have_text("14:15, Daniel Okafor")
    keys.press("ArrowRight")
    expect(page.locator("#announce")).to_have_text("14:15, Zoe Zimmer")
    keys.press("Escape")
    expect(page.locator("#announce")).to_have_text("Not moved.")
    expect(event).to_be_focused()

    keys.press("m")
    keys.press("ArrowDown")
    keys.press("Enter")
    visitor.sees("Daniel Okafor", dialog)
    visitor.look("move dialog")
    dialog.get_by_role("button", name="Move", exact=True).click()
    moved = shown(visitor, booked, two + 1)
    expect(moved).to_be_focused()
    visitor.sees("It is unconfirmed again.", page.locator("#messages"))

    target = page.locator(".cc-cal-grid[data-title='Zoe Zimmer']")
    box, to = moved.bounding_box(), target.bounding_box()
    quarter = to["height"] / int(page.locator(".cc-cal").get_attribute("data-size"))
    page.mouse.move(box["x"] + 20, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(to["x"] + 30, box["y"] + 4 + 4 * quarter, steps=6)
    page.mouse.up()
    visitor.sees("Zoe Zimmer", dialog)
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect(target.locator(f".r-{two + 5}[data-event='{booked.uuid}']")).to_be_focused()
    booked.refresh_from_db()
    assert booked.starts_at == at(DAYS_AHEAD + 1, 15, 15, facility=house.facility)
    assert booked.practitioner.family_name == "Zimmer"


def test_who_moves_second_sees_where_it_is_now(visit, house: House, booked: Appointment):
    desk = house.people[Role.TREATMENT]
    visitor = visit(desk).go(f"/schedule/?day={at(DAYS_AHEAD + 1, facility=house.facility).date()}")
    dialog = visitor.page.locator("dialog#move")
    shown(visitor, booked).focus()
    visitor.page.keyboard.press("m")
    visitor.page.keyboard.press("ArrowUp")
    visitor.page.keyboard.press("Enter")
    visitor.sees("From", dialog)
    services.move_appointment(
        appointment=booked, starts_at=at(DAYS_AHEAD + 2, 10, facility=house.facility), by=house.people[Role.INTAKE]
    )
    dialog.get_by_role("button", name="Move", exact=True).click()
    visitor.sees("Somebody has moved this appointment meanwhile", dialog)
    dialog.get_by_role("button", name="Try again").click()
    expect(dialog).to_be_hidden()
    booked.refresh_from_db()
    assert booked.starts_at == at(DAYS_AHEAD + 1, 13, 45, facility=house.facility)
