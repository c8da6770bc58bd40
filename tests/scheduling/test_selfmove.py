"""Patients take another time themselves, behind the link."""

import re
from datetime import time, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import strip_tags

from episodes.models import Task
from patients.models import Patient
from records.models import ChannelConsent
from scheduling import links, services
from scheduling.mail import forbidden_words, wordlist
from scheduling.models import Appointment, AppointmentLink, AppointmentResponse, AppointmentType, Hold
from scheduling.selectors.othertimes import other_times, slot_at
from tests import factories
from tests.scheduling import stage
from tests.scheduling.test_link import counts

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(visit):
    return link_to(visit)


@pytest.fixture
def person():
    """An old phone that keeps no cookie, with Django's check of forms switched on."""
    return Client(enforce_csrf_checks=True)


def link_to(visit):
    token = links.new_token()
    AppointmentLink.objects.create(
        appointment=visit, schedule_version=visit.schedule_version, token_sha256=links.digest(token)
    )
    return token


def url(token, name="reply"):
    return reverse(f"link:{name}", args=[token])


def choices(page, name="same"):
    return re.findall(rf'name="{name}" value="([^"]+)"', page.content.decode().replace("&#x2B;", "+"))


def declined(person, token):
    answer = person.post(url(token), {"answer": "declined"})
    assert answer["Location"] == url(token) + "#said"
    return person.get(url(token))


def kept(person, token, **choice):
    """Press one of the times; the page that looks at it."""
    page = declined(person, token)
    choice = choice or {"same": choices(page)[0]}
    answer = person.post(url(token, "time"), choice)
    assert answer["Location"] == url(token, "time")
    return person.get(url(token, "time"))


def token_in(answer):
    return re.search(r"/a/([\w-]+)/", answer["Location"]).group(1)


def test_who_cannot_come_is_shown_real_free_times(person, token, visit, facility, booker):
    page = declined(person, token)
    times = choices(page)
    assert len(times) == 6
    assert choices(page, "other") == []
    found = other_times(visit).same
    assert [slot.starts_at.isoformat() for slot in found] == times
    half_days = {(slot.starts_at.astimezone(facility.tz).date(), slot.starts_at.hour < 17) for slot in found}
    assert len(half_days) == 6
    assert all(slot.starts_at >= timezone.now() + timedelta(hours=2) for slot in found)
    assert all(slot.practitioner == visit.practitioner for slot in found)


def test_others_of_the_kind_fill_up_what_the_practitioner_lacks(visit, physician, facility):
    physician.availability.all().delete()
    stage.hours(physician, facility, time(9), time(10), valid_until=timezone.localdate() + timedelta(days=2))
    colleague = factories.practitioner(facility, family_name="Second")
    stage.hours(colleague, facility)
    lapsed = factories.practitioner(facility, family_name="Lapsed")
    stage.hours(lapsed, facility)
    lapsed.credentials.update(expires_on=timezone.localdate() - timedelta(days=1))
    stage.hours(factories.practitioner(facility, family_name="Therapist", kind="therapist"), facility)
    found = other_times(visit)
    assert 1 <= len(found.same) < 6
    assert len(found.same) + len(found.others) == 6
    assert {slot.practitioner for slot in found.others} == {colleague}
    starts = [slot.starts_at for slot in found.same + found.others]
    assert len(set(starts)) == 6


def test_nobody_is_offered_a_time_after_a_credential_ends(visit, physician, facility):
    last = timezone.now().astimezone(facility.tz).date() + timedelta(days=1)
    physician.credentials.update(expires_on=last)
    found = other_times(visit).same
    assert found
    assert all(slot.starts_at.astimezone(facility.tz).date() <= last for slot in found)
    assert slot_at(visit, stage.at(4, 10, facility=facility), same=True) is None


def test_the_interpreter_comes_along(person, visit, facility, booker):
    interpreter = stage.interpreter(facility)
    visit = services.move_appointment(appointment=visit, starts_at=visit.starts_at, interpreter=interpreter, by=booker)
    taken = other_times(visit).same[0]
    stage.away(facility, taken.starts_at, taken.ends_at, kind="leave", practitioner=interpreter)
    token = link_to(visit)
    assert taken.starts_at.isoformat() not in choices(declined(person, token))
    kept(person, token)
    assert Hold.objects.get().interpreter == interpreter
    person.post(url(token, "time"), {"take": "1"})
    visit.refresh_from_db()
    assert (visit.interpreter, visit.reply) == (interpreter, "accepted")


def test_what_patients_may_not_move_is_left_to_a_call(person, token):
    AppointmentType.objects.update(patient_may_move=False)
    page = declined(person, token)
    assert choices(page) == []
    assert "We will call you to find another time" in page.content.decode()


def test_a_time_is_kept_while_it_is_looked_at_and_then_taken(person, token, visit, episode, client, facility):
    page = kept(person, token)
    hold = Hold.objects.get()
    assert (hold.appointment, hold.held_by) == (visit, None)
    assert timedelta(minutes=9) < hold.expires_at - timezone.now() <= timedelta(minutes=10)
    assert "Take this time" in page.content.decode()
    answer = person.post(url(token, "time"), {"take": "1"})
    fresh = token_in(answer)
    assert fresh != token
    visit.refresh_from_db()
    assert (visit.starts_at, visit.reply, visit.schedule_version) == (hold.starts_at, "accepted", 2)
    assert "This is your new time" in person.get(url(fresh)).content.decode()
    assert AppointmentResponse.objects.get(moved_to__isnull=False).moved_to == hold.starts_at
    assert not Task.objects.open().exists()
    assert episode.steps.filter(kind="visit-confirmed", withdrawn_at__isnull=True).exists()
    episode.refresh_from_db()
    assert episode.due_at == visit.ends_at


def test_the_desks_see_at_once_that_the_patient_moved_it(person, token, visit, booker, sign_in, facility):
    kept(person, token)
    person.post(url(token, "time"), {"take": "1"})
    visit.refresh_from_db()
    desk = sign_in(booker)
    page = desk.get(visit.get_absolute_url()).content.decode()
    assert "Confirmed, moved by the patient" in page
    assert "Moved by the patient to" in page
    day = f"{visit.starts_at.astimezone(facility.tz):%Y-%m-%d}"
    assert "moved by the patient" in desk.get(reverse("scheduling:day"), {"day": day}).content.decode()
    services.move_appointment(appointment=visit, starts_at=stage.at(9, 11, facility=facility), by=booker)
    page = desk.get(visit.get_absolute_url()).content.decode()
    assert "Confirmed, moved by the patient" not in page


def test_choosing_another_lets_the_kept_time_go(person, token, visit):
    kept(person, token)
    answer = person.post(url(token, "time"), {"another": "1"})
    assert answer["Location"] == url(token) + "#times"
    assert Hold.objects.get().released_at is not None
    assert person.get(url(token, "time"))["Location"] == url(token)
    visit.refresh_from_db()
    assert visit.schedule_version == 1


def test_coming_after_all_lets_the_kept_time_go(person, token):
    kept(person, token)
    person.post(url(token), {"answer": "accepted"})
    assert Hold.objects.get().released_at is not None


def test_only_one_time_is_kept_of_one_link(person, token):
    times = choices(declined(person, token))
    for value in times[:2]:
        person.post(url(token, "time"), {"same": value})
    assert Hold.objects.filter(released_at__isnull=True).count() == 1
    assert "Go back to the time you chose" in person.get(url(token)).content.decode()


def book(visit, starts_at, booker, room):
    return stage.visit(
        factories.patient(visit.facility), visit.practitioner, visit.type, by=booker, starts_at=starts_at, location=room
    )


def just_taken(answer):
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "That time has just been taken" in page
    assert choices(answer)
    for word in ("Okafor", "booked", "Room"):
        assert word not in page


def test_a_time_that_somebody_else_took_first_is_said_kindly(person, token, visit, booker, room):
    value = choices(declined(person, token))[0]
    book(visit, other_times(visit).same[0].starts_at, booker, room)
    just_taken(person.post(url(token, "time"), {"same": value}))
    visit.refresh_from_db()
    assert (visit.schedule_version, visit.reply) == (1, "declined")


def test_a_time_kept_too_long_is_taken_if_it_is_still_free(person, token, visit):
    kept(person, token)
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        answer = person.post(url(token, "time"), {"take": "1"})
        assert token_in(answer) != token
    visit.refresh_from_db()
    assert visit.schedule_version == 2


def test_a_time_kept_too_long_may_be_gone(person, token, visit, booker, room):
    kept(person, token)
    starts_at = Hold.objects.get().starts_at
    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        book(visit, starts_at, booker, room)
        just_taken(person.post(url(token, "time"), {"take": "1"}))


@pytest.mark.parametrize("value", ["", "x", "2026-13-45T99:00+00:00", "2030-01-01T10:00:00", "9" * 400])
def test_a_time_that_is_none_is_refused(value, person, token):
    assert person.post(url(token, "time"), {"same": value}).status_code == 422
    assert not Hold.objects.exists()


def test_only_free_times_can_be_kept(person, token, visit, facility, physician):
    past, taken = timezone.now() - timedelta(days=1), visit.starts_at
    for moment in (past, taken, taken + timedelta(minutes=7), timezone.now() + timedelta(minutes=30)):
        assert person.post(url(token, "time"), {"same": moment.isoformat()}).status_code == 409
    assert not Hold.objects.exists()


def test_a_used_link_looks_like_any_dead_one(person, token, visit):
    kept(person, token)
    fresh = token_in(person.post(url(token, "time"), {"take": "1"}))
    dead = set()
    for key in (token, "x" * 32):
        for name in ("reply", "time"):
            for page in (
                person.get(url(key, name)),
                person.post(url(key, name), {"take": "1"}),
                person.post(url(key, name), {"answer": "declined", "same": visit.starts_at.isoformat()}),
            ):
                dead.add((page.status_code, page.content))
        dead.add((person.get(url(key, "calendar")).status_code, person.get(url(key, "calendar")).content))
    assert {status for status, _ in dead} == {404}
    assert len(dead) == 1
    assert person.get(url(fresh)).status_code == 200


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_changes_nothing_whatever_stands_behind_the_link(method, person, token, visit):
    kept(person, token)
    before = counts()
    for name in ("reply", "time", "calendar"):
        for key in (token, "x" * 32):
            getattr(person, method)(url(key, name))
    assert counts() == before
    assert person.cookies == {}


def test_the_reason_is_never_asked_for_and_kept_once(person, token, visit):
    page = declined(person, token).content.decode()
    assert "(optional)" in page
    assert "required" not in page
    person.post(url(token), {"answer": "declined", "comment": " Mornings, please. " + "x" * 400})
    assert [len(row.comment) for row in AppointmentResponse.objects.order_by("pk")] == [0, 300]
    assert "We have your message" in person.get(url(token)).content.decode()
    person.post(url(token), {"answer": "declined"})
    assert AppointmentResponse.objects.count() == 2


def test_by_video_one_joins_from_a_quarter_of_an_hour_before(person, token, visit):
    Appointment.objects.update(video_url="https://video.example.net/k2j4h5")
    for minutes, status, joins in ((-16, 200, False), (-14, 200, True), (10, 200, True), (31, 404, False)):
        with time_machine.travel(visit.starts_at + timedelta(minutes=minutes)):
            page = person.get(url(token))
            assert page.status_code == status
            assert ("video.example.net" in page.content.decode()) == joins
    with time_machine.travel(visit.starts_at + timedelta(minutes=1)):
        assert person.post(url(token), {"answer": "declined"}).status_code == 404
        assert "begun" in person.get(url(token)).content.decode()


def test_the_pages_tell_nothing_in_either_language(person, token, visit, facility):
    words = wordlist(facility)
    consent = stage.consent(visit.patient, facility)
    for language in ("en", "es"):
        ChannelConsent.objects.filter(pk=consent.pk).update(language=language)
        pages = [person.get(url(token)), kept(person, token), person.get(url(token)), person.get(url("x" * 32))]
        pages.append(person.post(url(token, "time"), {"same": visit.starts_at.isoformat()}))
        for page in pages:
            text = strip_tags(page.content.decode())
            assert forbidden_words(text, words) == []
            assert "CareCoord" not in text
        person.post(url(token), {"answer": "accepted"})


def test_without_a_consent_the_page_speaks_the_patients_language(person, token):
    Patient.objects.update(language="es-MX")
    assert "¿Puede venir?" in person.get(url(token)).content.decode()
    Patient.objects.update(language="ko")
    assert "Can you come?" in person.get(url(token)).content.decode()


def test_every_word_for_patients_is_there_in_spanish(settings):
    sources = [*(settings.BASE_DIR / "templates" / "link").glob("*.html"), settings.BASE_DIR / "scheduling/script.py"]
    texts = {
        found for source in sources for found in re.findall(r'(?:{% translate |\b_\()"([^"]+)"', source.read_text())
    }
    blocks = {
        re.sub(r"{{ (\w+) }}", r"%(\1)s", found)
        for source in sources
        for found in re.findall(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", source.read_text())
    }
    assert len(texts) > 40
    with translation.override("es"):
        assert [text for text in texts | blocks if translation.gettext(text) == text] == []


def test_one_link_is_not_hammered_from_many_addresses(person, token):
    codes = [person.get(url(token, "calendar"), REMOTE_ADDR=f"10.0.0.{n}").status_code for n in range(61)]
    assert (set(codes[:60]), codes[60]) == ({200}, 429)
    assert person.get(url("y" * 32), REMOTE_ADDR="10.0.0.99").status_code == 404


def test_behind_a_proxy_the_address_is_the_visitors(person, settings, token):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for n in range(40):
        page = person.get(url(f"{n}" * 32), headers={"X-Forwarded-For": f"10.1.1.1, 10.2.2.{n}"})
        assert page.status_code == 404


def test_the_page_with_other_times_costs_few_queries(person, token, django_assert_max_num_queries):
    declined(person, token)
    with django_assert_max_num_queries(16):
        assert len(choices(person.get(url(token)))) == 6
