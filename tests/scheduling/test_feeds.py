"""Calendar feeds: read by four independent parsers on the days on which the clocks change, and closed when due."""

from datetime import UTC, date, datetime, time, timedelta

import icalendar
import ics
import pytest
import time_machine
import vobject
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from ical.calendar_stream import IcsCalendarStream

from accounts.roles import Role
from accounts.services import end_membership
from core.errors import DomainError
from scheduling import feeds, services
from scheduling.models import Appointment, Feed
from scheduling.selectors.feeds import live_feed
from tests import factories
from tests.scheduling import stage

pytestmark = pytest.mark.django_db
LIST = reverse("scheduling:feed_list")


@pytest.fixture
def me(physician):
    return physician.user


@pytest.fixture
def feed(me):
    return make(me)


def make(user, detail="type", label="my phone"):
    """A feed and the path of its address."""
    row, token = services.create_feed(detail=detail, label=label, by=user)
    return row, reverse("feed:calendar", args=[token])


def text_of(path):
    answer = Client().get(path)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def booked(physician, kind, starts_at, **fields):
    """A row of the calendar as it is, whoever is coming."""
    fields = {"patient": factories.patient(kind.facility, family_name="Secretname"), **fields}
    row = Appointment(facility=kind.facility, type=kind, practitioner=physician, **fields)
    row.set_time(starts_at, starts_at + timedelta(minutes=45), kind.facility.tz)
    return stage.saved(row)


# What each library, with its own parser, makes of a file: title, start and end in UTC.


def by_icalendar(text):
    calendar = icalendar.Calendar.from_ical(text)
    return [(str(e["SUMMARY"]), e.decoded("DTSTART"), e.decoded("DTEND")) for e in calendar.walk("VEVENT")]


def by_vobject(text):
    calendar = vobject.readOne(text, validate=True)
    events = calendar.contents.get("vevent", [])
    return [(e.summary.value, e.dtstart.value.astimezone(UTC), e.dtend.value.astimezone(UTC)) for e in events]


def by_ics(text):
    events = sorted(ics.Calendar(text).events, key=lambda e: e.begin)
    return [(e.name, e.begin.datetime.astimezone(UTC), e.end.datetime.astimezone(UTC)) for e in events]


def by_ical(text):
    events = IcsCalendarStream.calendar_from_ics(text).events
    return [(e.summary, e.dtstart.astimezone(UTC), e.dtend.astimezone(UTC)) for e in events]


PARSERS = [by_icalendar, by_vobject, by_ics, by_ical]


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.__name__)
@pytest.mark.parametrize("day", [date(2027, 3, 14), date(2027, 11, 7)], ids=["forward", "back"])
def test_four_parsers_read_the_same_moments_when_the_clocks_change(parser, day, feed, physician, facility):
    kind = stage.visit_type(facility, name="Visit; long, with “quotes”, an umlaut ü and more than 75 octets in all")
    walls = [time(0, 30), time(3, 30), time(9), time(23)]
    starts = [datetime.combine(day, wall, facility.tz).astimezone(UTC) for wall in walls]
    twice = datetime.combine(day, time(1, 30), facility.tz)
    starts[1:1] = {twice.astimezone(UTC), twice.replace(fold=1).astimezone(UTC)}
    starts.sort()
    for moment in starts:
        booked(physician, kind, moment)
    with time_machine.travel(datetime.combine(day, time(12), UTC), tick=False):
        found = parser(text_of(feed[1]))
    assert [row[1] for row in found] == starts
    assert [row[2] - row[1] for row in found] == [timedelta(minutes=45)] * len(starts)
    assert {row[0] for row in found} == {kind.name}


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.__name__)
def test_four_parsers_read_an_empty_feed(parser, feed):
    assert parser(text_of(feed[1])) == []


def test_every_line_is_as_the_standard_wants_it(feed, physician, facility):
    booked(physician, stage.visit_type(facility, name="ü" * 100), stage.at(2, facility=facility))
    raw = Client().get(feed[1]).content
    lines = raw.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_it_says_what_and_where_but_never_with_whom(feed, me, physician, facility, room, visit):
    stage.saved(visit)
    visit.video_url, visit.cancel_reason = "https://video.example.org/private", "Secretreason"
    stage.saved(visit)
    group = stage.visit_type(facility, code="group", name="Group session", is_group=True)
    booked(physician, group, stage.at(4, facility=facility), patient=None)
    named, bare = text_of(feed[1]), text_of(make(me, "busy")[1])
    for words in ("SUMMARY:Physician consultation", "SUMMARY:Group session", "LOCATION:Room 4"):
        assert words in named
        assert words not in bare
    assert bare.count("SUMMARY:Busy") == 2
    for telling in ("Rivera", "Marisol", "video", "Secret", str(visit.uuid), visit.uuid.hex, "DESCRIPTION", "ATTENDEE"):
        assert telling not in named + bare


def test_kinds_are_named_only_where_the_person_may_still_see_appointments(facility, visit_type):
    leader = factories.person(Role.ACTIVITIES, facility)  # sees the calendar, but no appointment
    therapist = factories.practitioner(facility, user=leader)
    booked(therapist, visit_type, stage.at(2, facility=facility))
    text = text_of(make(leader)[1])
    assert "SUMMARY:Busy" in text
    assert "consultation" not in text


def test_the_identity_of_an_event_is_stable_and_tells_nothing(feed, visit, booker, facility):
    before = uid_and_sequence(text_of(feed[1]))
    services.move_appointment(appointment=visit, starts_at=stage.at(5, 11, facility=facility), by=booker)
    after = uid_and_sequence(text_of(feed[1]))
    assert (before[0], before[1], after[1]) == (after[0], "0", "1")
    assert before[0] == feeds.event_uid(visit.uuid)
    assert len(before[0].split("@")[0]) == 32


def uid_and_sequence(text):
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    return str(event["UID"]), str(event["SEQUENCE"])


@pytest.mark.parametrize(
    ("status", "shown"),
    [("booked", "CONFIRMED"), ("fulfilled", "CONFIRMED"), ("proposed", "TENTATIVE"), ("cancelled", ""), ("noshow", "")],
)
def test_what_stands_what_is_offered_and_what_is_gone(feed, physician, visit_type, facility, status, shown):
    booked(physician, visit_type, stage.at(1, facility=facility), status=status)
    text = text_of(feed[1])
    assert (f"STATUS:{shown}" in text) if shown else ("BEGIN:VEVENT" not in text)


def test_it_reaches_thirty_days_back_and_ninety_ahead_and_is_only_mine(feed, physician, visit_type, facility):
    other = factories.practitioner(facility, family_name="Other")
    for days in (-31, -29, 89, 91):
        booked(physician, visit_type, stage.at(days, facility=facility))
    booked(other, visit_type, stage.at(1, facility=facility))
    booked(physician, visit_type, stage.at(2, facility=facility), external=True)
    booked(other, visit_type, stage.at(3, facility=facility), interpreter=physician)
    starts = [row[1] for row in by_icalendar(text_of(feed[1]))]
    assert starts == [stage.at(days, facility=facility) for days in (-29, 3, 89)]


def test_what_has_not_changed_is_not_sent_again(feed, visit, booker):
    first = Client().get(feed[1])
    again = Client().get(feed[1], headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first["Cache-Control"] == again["Cache-Control"] == "private, no-cache"
    services.cancel_appointment(appointment=visit, reason="Ill", by=booker)
    assert Client().get(feed[1], headers={"If-None-Match": first["ETag"]}).status_code == 200


def revoked(feed, me, facility):
    services.revoke_feed(feed=feed, by=me)


def membership_ended(feed, me, facility):
    end_membership(membership=me.memberships.get(), by=None, reason="test")


def signed_off(feed, me, facility):
    type(me).objects.filter(pk=me.pk).update(is_active=False)


def practitioner_left(feed, me, facility):
    feed.practitioner.is_active = False
    stage.saved(feed.practitioner)


def somebody_elses(feed, me, facility):
    feed.practitioner.user = factories.person(Role.CLINICIAN, facility)
    stage.saved(feed.practitioner)


@pytest.mark.parametrize("ending", [revoked, membership_ended, signed_off, practitioner_left, somebody_elses])
def test_a_dead_address_looks_like_one_that_never_was(ending, feed, me, facility, visit):
    text_of(feed[1])
    ending(feed[0], me, facility)
    dead = Client().get(feed[1])
    never = Client().get(reverse("feed:calendar", args=["never"]))
    assert dead.status_code == never.status_code == 404
    assert dead.content == never.content
    assert dead["Cache-Control"] == "no-store"


def test_what_one_may_no_longer_see_leaves_the_feed(feed, me, physician, visit, other_facility):
    elsewhere = factories.MembershipFactory(user=me, facility=other_facility, role=Role.CLINICIAN)
    booked(physician, stage.visit_type(other_facility, name="Elsewhere"), stage.at(1, facility=other_facility))
    assert "Elsewhere" in text_of(feed[1])
    end_membership(membership=elsewhere, by=None, reason="test")
    text = text_of(feed[1])
    assert "Elsewhere" not in text
    assert text.count("BEGIN:VEVENT") == 1


def test_who_asks_too_often_waits(feed):
    answers = [Client().get(feed[1]).status_code for _ in range(40)]
    assert answers[:30] == [200] * 30
    assert answers[-1] == 429
    cache.clear()


def test_only_reading_is_possible(feed):
    for method in ("post", "put", "delete", "patch"):
        assert getattr(Client(), method)(feed[1]).status_code == 405
    assert Client().head(feed[1]).status_code == 200


def test_a_feed_costs_few_queries_however_full(feed, physician, visit_type, facility, django_assert_num_queries):
    text_of(feed[1])  # notes when it was read
    for number in (10, 190):
        for _ in range(number):
            booked(physician, visit_type, stage.at(3, facility=facility))
        with django_assert_num_queries(5):  # the feed, memberships, appointments, and their transaction
            text = text_of(feed[1])
    assert text.count("BEGIN:VEVENT") == 200


def test_the_secret_is_shown_once_and_kept_nowhere(me, sign_in):
    client = sign_in(me)
    answer = client.post(reverse("scheduling:feed_add"), {"label": "my phone", "detail": "busy"})
    address = answer.content.decode().split('id="address" value="')[1].split('"')[0]
    token = address.rsplit("/", 1)[1].removesuffix(".ics")
    assert len(token) == 32  # 192 bits
    assert live_feed(token).label == "my phone"
    assert "no-store" in answer["Cache-Control"]
    assert token not in client.get(LIST).content.decode()
    assert not Feed.objects.filter(token_sha256=token).exists()
    assert token not in str(list(Feed.history.values()))


def test_when_it_was_read_is_seen_on_the_page(feed, me, sign_in):
    client = sign_in(me)
    assert "Not yet" in client.get(LIST).content.decode()
    text_of(feed[1])
    assert "Not yet" not in client.get(LIST).content.decode()
    assert feed[0].history.count() == 1
    client.post(reverse("scheduling:feed_revoke", args=[feed[0].uuid]))
    assert "No feed yet" in client.get(LIST).content.decode()


def test_only_ones_own_feed_can_be_revoked(feed, facility, sign_in):
    other = sign_in(factories.person(Role.CLINICIAN, facility))
    assert other.post(reverse("scheduling:feed_revoke", args=[feed[0].uuid])).status_code == 404


def test_who_is_no_practitioner_or_has_ten_is_told_so(me, facility, sign_in):
    desk = sign_in(factories.person(Role.TREATMENT, facility))
    assert "no calendar of your own" in desk.get(LIST).content.decode()
    assert desk.post(reverse("scheduling:feed_add"), {"label": "x", "detail": "busy"}).status_code == 422
    assert desk.post(reverse("scheduling:feed_add"), {}).status_code == 422
    for _ in range(10):
        make(me)
    with pytest.raises(DomainError, match="ten feeds"):
        make(me)
