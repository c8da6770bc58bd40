"""The pages: a sheet for fourteen, taps, conflicts, what each role sees, queries."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from activities import selectors, services
from activities.models import Attendance, Enrolment, ParticipationNote, Program, Session
from tests import factories
from tests.activities import scene

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def url(name, *args):
    return reverse(f"activities:{name}", args=[getattr(arg, "uuid", arg) for arg in args])


@pytest.fixture
def held(session):
    with time_machine.travel(session.appointment.ends_at + timedelta(minutes=5), tick=False):
        yield session


def sheet(session, **changes):
    """What the page's form sends as it stands, with some fields changed."""
    data = {"shared_note": session.shared_note, "version": session.version}
    for row in session.attendances.all():
        note = getattr(row, "note", None)
        data |= {
            f"minutes-{row.pk}": 60,
            f"seen-{row.pk}": row.version,
            f"line-{row.pk}": note.text if note else "",
            f"noted-{row.pk}": note.version if note else 0,
        }
    return data | changes


def test_a_group_of_fourteen_in_two_posts_and_a_signature(program, desk, sign_in):
    scene.crowd(program, desk, 14)
    session = scene.session(program, desk)
    with time_machine.travel(session.appointment.ends_at + timedelta(minutes=5), tick=False):
        client, save = sign_in(desk), url("note_save", session)
        client.post(save, sheet(session, everyone="1", shared_note="We painted."))
        first = session.attendances.first()
        tap = {f"status-{first.pk}": "late", f"minutes-{first.pk}": 40, f"seen-{first.pk}": 2}
        tapped = client.post(url("attendance_record", session, first), tap, **HTMX)
        assert "Late, 40 min" in tapped.text
        assert "<html" not in tapped.text
        session.refresh_from_db()
        marks = {f"status-{row.pk}": row.status for row in session.attendances.all()}
        minutes = {f"minutes-{first.pk}": 40}
        line = {f"line-{first.pk}": "Came from the dentist", "then": "sign"}
        response = client.post(save, sheet(session, **marks, **minutes, **line))
        assert response.url == url("note_sign", session)
        client.post(response.url)
    session.refresh_from_db()
    assert session.note_signed_by == desk
    assert sorted(session.attendances.values_list("status", flat=True)) == ["late"] + ["present"] * 13
    assert ParticipationNote.objects.get().text == "Came from the dentist"


def test_a_conflict_shows_both_and_saves_none(held, desk, sign_in):
    row = held.attendances.get()
    stale = sheet(held, shared_note="My words", **{f"status-{row.pk}": "present"})
    services.record_attendance(session=held, marks={row.pk: services.Mark("sick")}, by=desk)
    services.save_notes(session=held, shared_note="Their words", lines={}, by=desk)
    response = sign_in(desk).post(url("note_save", held), stale)
    assert response.status_code == 409
    assert "My words" in response.text
    assert "Their words" in response.text
    assert "“Sick”" in response.text
    fresh = dict(re.findall(r'name="((?:seen|noted|version)[^"]*)" value="(\d+)"', response.text))
    assert sign_in(desk).post(url("note_save", held), stale | fresh).status_code == 302
    held.refresh_from_db()
    row.refresh_from_db()
    assert (held.shared_note, row.status) == ("My words", "present")


def test_a_tap_moves_the_counts_in_the_head_and_takes_away_what_is_done(program, desk, sign_in):
    scene.crowd(program, desk, 2)
    session = scene.session(program, desk)
    first, second = session.attendances.all()
    with time_machine.travel(session.appointment.starts_at, tick=False):
        client = sign_in(desk)
        said = [
            client.post(url("attendance_record", session, row), {f"status-{row.pk}": status}, **HTMX).text
            for row, status in ((first, "present"), (second, "absent"))
        ]
        whole = client.get(url("session_detail", session)).text
    assert "1 of 2 came, 1 not marked" in said[0]
    assert "All present" in said[0]
    assert "1 of 2 came, everybody is marked" in said[1]
    assert "All present" not in said[1]
    assert all(text.count("hx-swap-oob") == 2 for text in said)
    assert "1 of 2 came, everybody is marked" in whole
    assert "hx-swap-oob" not in whole


def test_a_tap_on_a_stale_row_says_what_stands(held, desk, sign_in):
    row = held.attendances.get()
    stale = {f"status-{row.pk}": "present", f"seen-{row.pk}": row.version}
    services.record_attendance(session=held, marks={row.pk: services.Mark("sick")}, by=desk)
    response = sign_in(desk).post(url("attendance_record", held, row), stale, **HTMX)
    assert response.status_code == 409
    assert "“Sick” meanwhile" in response.text


def test_more_minutes_than_the_session_has_are_refused(held, desk, sign_in):
    row = held.attendances.get()
    data = {f"status-{row.pk}": "present", f"minutes-{row.pk}": 90, f"line-{row.pk}": "Kept"}
    response = sign_in(desk).post(url("note_save", held), sheet(held, **data))
    assert response.status_code == 422
    assert "Kept" in response.text


def test_a_roster_button_saves_the_sheet_first(held, patient, desk, sign_in):
    row = held.attendances.get()
    data = sheet(held, excuse=str(row.uuid), **{f"line-{row.pk}": "Called in sick"})
    assert sign_in(desk).post(url("note_save", held), data).status_code == 302
    row.refresh_from_db()
    assert row.status == Attendance.Status.EXCUSED
    assert row.note.text == "Called in sick"


def test_a_signed_sheet_has_no_form(held, desk, sign_in):
    scene.mark_all(held, desk)
    services.save_notes(session=held, shared_note="We painted.", lines={}, by=desk)
    services.sign_session(session=held, by=desk)
    page = sign_in(desk).get(url("session_detail", held)).text
    assert "We painted." in page
    assert url("note_save", held) not in page


def test_the_desk_sees_a_name_and_an_age_band_only(session, patient, desk, sign_in):
    page = sign_in(desk).get(url("session_detail", session)).text
    assert patient.name_used in page
    assert patient.record_number not in page
    assert "1990" not in page
    assert re.search(r"<small>\d0s</small>", page)


def test_who_is_busy_is_named_on_the_sheet(session, patient, desk, facility, sign_in):
    other = scene.program(facility, by=desk, name="Choir")
    scene.enrol(other, patient, desk)
    page = sign_in(desk).get(url("session_detail", scene.session(other, desk))).text
    assert "Booked elsewhere then" in page
    assert patient.name_used in page


def queries_of(client, address):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


@pytest.mark.parametrize("page", ["session_detail", "program_detail"])
def test_fourteen_people_cost_no_more_queries_than_five(facility, desk, sign_in, page):
    client, counts = sign_in(desk), []
    leader = scene.leader(facility)
    scene.crowd(scene.program(facility, by=desk, name="Another group"), desk, 1)  # whom neither group seats
    client.get(url("program_list"))  # the first request of a session asks for more
    for size in (5, 14):
        of = scene.program(facility, by=desk, name=f"Group of {size}")
        scene.crowd(of, desk, size)
        session = scene.session(of, desk, hour=size, with_=leader)
        counts.append(queries_of(client, url(page, session if page == "session_detail" else of)))
    assert counts[0] == counts[1]


def test_a_program_is_added_and_a_series_planned(facility, desk, sign_in):
    scene.group_type(facility)
    leader, client = scene.leader(facility), sign_in(desk)
    assert client.post(url("program_add"), {"name": ""}).status_code == 422
    response = client.post(url("program_add"), {"name": "Choir", "modality": "music", "capacity": 8})
    program = Program.objects.get()
    assert response.url == program.get_absolute_url()
    data = {"program": program.uuid, "day": scene.day(facility), "starts": "10:00", "ends": "11:00"}
    data |= {"leader": leader.uuid, "weeks": 3}
    client.post(url("session_add"), data)
    assert Session.objects.count() == 3
    refused = client.post(url("session_add"), data)
    assert refused.status_code == 422
    assert "is booked at that time" in refused.text
    assert "Choir" in client.get(url("session_list") + f"?day={scene.day(facility)}").text
    assert "Choir" in client.get(url("program_list")).text


def test_a_program_that_somebody_changed_meanwhile_is_a_conflict(program, desk, sign_in):
    data = {"name": "Mine", "modality": "art", "capacity": 14, "is_active": "on", "version": program.version}
    program.name = "Theirs"
    services.save_program(program=program, by=desk)
    assert sign_in(desk).post(url("program_edit", program), data).status_code == 409


def test_enrolling_through_the_pages(program, patient, desk, facility, sign_in):
    scene.enrol(scene.program(facility, by=desk, name="Choir"), patient, desk)
    client = sign_in(desk)
    chosen = client.get(url("program_choose", program), {"person": str(patient.uuid)})
    assert chosen.url.startswith(url("enrolment_add", patient))
    page = client.get(chosen.url).text
    assert "Precautions of the care plan" in page
    data = {"program": program.pk, "starts_on": scene.day(facility, 0), "times_per_week": "2"}
    assert client.post(chosen.url, data).url == program.get_absolute_url()
    row = Enrolment.objects.get(program=program)
    assert client.post(chosen.url, data).status_code == 422
    assert "still enrolled" in client.get(url("patient_activity", patient)).text
    assert "ends today" in client.get(url("enrolment_end", patient, row)).text
    client.post(url("enrolment_end", patient, row))
    row.refresh_from_db()
    assert row.ends_on == scene.day(facility, 0)


def test_the_treatment_desk_sees_counts_only(held, patient, desk, facility, sign_in):
    scene.mark_all(held, desk)
    page = sign_in(factories.person(Role.TREATMENT, facility)).get(url("patient_activity", patient)).text
    assert "Attended this week" in page
    assert "Art studio" not in page


def test_the_rows_of_the_desk(held, program, patient, desk, facility):
    Enrolment.objects.update(times_per_week=Decimal(3))
    [today] = selectors.sessions_today(facility, desk)
    assert today["action"] == "Record"
    [owed] = selectors.unfinished_notes(desk, facility)
    assert owed["url"] == held.get_absolute_url()
    assert "1 unmarked" in owed["what"]
    scene.mark_all(held, desk)
    [below] = selectors.below_dose(facility, desk)
    assert (below["name"], below["missing"], below["action"]) == (patient.name_used, 2, "Plan a session")
    assert below["what"] == "Art studio: 1 of 3 a week"
