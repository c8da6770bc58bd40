"""Every desk from its door: what its navigation, tiles and palette lead to is there, readable and reachable."""

from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import expect

from accounts.roles import Role
from careplans import services as careplans
from episodes import services as episodes
from patients import services as patients
from tests import factories
from tests.journeys.stage import House
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WORKS_WITH_PEOPLE = (Role.PATIENT_CARE, Role.CLINICIAN, Role.ACTIVITIES, Role.TREATMENT)
TWO_LEVELS = 60  # links followed from the pages that the desk leads to
LINKS = "els => els.map((el) => el.href)"
FOCUS = """() => {
  const el = document.activeElement, style = getComputedStyle(el), box = el.getBoundingClientRect();
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const shown = el === document.body || ((ring || style.boxShadow !== "none") && box.width > 0);
  return { what: el.outerHTML.slice(0, 160) + el.textContent.trim(), shown };
}"""


@pytest.fixture
def inhabited(house: House) -> House:
    """One person in care, whose team is everybody who works with people, on the way from intake to patient care."""
    person = factories.patient(house.facility)
    factories.email_address(person)
    intake = house.people[Role.INTAKE]
    episode = factories.episode(person, house.facility, by=intake)
    for role in WORKS_WITH_PEOPLE:
        patients.add_care_team_member(
            patient=person, user=house.people[role], facility=house.facility, role=role, by=intake
        )
    careplans.start_plan(patient=person, by=house.people[Role.PATIENT_CARE])
    episodes.send_handoff(
        episode=episode, from_role=Role.INTAKE, to_role=Role.PATIENT_CARE, to_user=None,
        next_step="Write the care plan", message="", by=intake,
    )  # fmt: skip
    return house


@pytest.mark.parametrize("role", Role, ids=str)
def test_a_desk_leads_only_to_pages_that_are_there(role: Role, visit, inhabited: House):
    visitor = visit(inhabited.people[role])
    first = dict.fromkeys(path for door in ("/", "/palette/") for path in links_of(opened(visitor, door, role)))
    second = dict.fromkeys(path for door in first for path in links_of(opened(visitor, door, role)))
    for path in [path for path in second if path not in first][:TWO_LEVELS]:
        answers(visitor, path)


def opened(visitor: Visitor, path: str, role: Role) -> Visitor:
    """Look at the page; desks and the admin site differ from role to role."""
    name = resolve(urlsplit(path).path).view_name
    return visitor.go(path, name=f"{name} of {role}" if name in {"desks:home", "admin:index"} else name)


def links_of(visitor: Visitor) -> list[str]:
    """Where the page leads: paths on this host, without the way out and files to download."""
    found = visitor.page.locator("a[href]").evaluate_all(LINKS)
    paths = [url.removeprefix(visitor.home).split("#")[0] for url in found if url.startswith(f"{visitor.home}/")]
    return [path for path in dict.fromkeys(paths) if path and not path.startswith(("/accounts/logout", "/static/"))]


def answers(visitor: Visitor, path: str) -> None:
    status = visitor.context.request.get(f"{visitor.home}{path}").status
    if status >= 400:
        visitor.problems.append(f"{visitor.path} leads to {path}, which answers {status}")


def test_everything_is_reached_by_keyboard(visit, inhabited: House):
    visitor = visit(inhabited.people[Role.PATIENT_CARE]).go()
    keys, page = visitor.page.keyboard, visitor.page
    keys.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    keys.press("Enter")
    keys.press("/")
    expect(page.locator("#search")).to_be_focused()
    keys.type("rivrea")  # misspelt
    expect(page.get_by_role("option").first).to_contain_text("Rivera")
    keys.press("ArrowDown")
    with page.expect_navigation():
        keys.press("Enter")
    visitor.look()
    visitor.sees("Write the care plan")
    keys.press("Control+k")
    expect(page.locator("#palette-q")).to_be_focused()
    keys.type("plans to")
    expect(page.get_by_role("option")).to_have_count(1)
    with page.expect_navigation():
        keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Plans to read")


def test_the_focus_is_always_to_be_seen_and_goes_everywhere(visit, inhabited: House):
    """Tab through a whole desk: each stop shows that it has the focus, and no stop is a trap."""
    visitor = visit(inhabited.people[Role.PATIENT_CARE]).go()
    stops = visitor.page.locator("a[href]:visible, button:visible, input:visible, summary:visible").count()
    seen = []
    for _ in range(stops):
        visitor.page.keyboard.press("Tab")
        seen.append(visitor.page.evaluate(FOCUS))
    assert [stop for stop in seen if not stop["shown"]] == []
    assert len({stop["what"] for stop in seen}) > stops * 0.8
