"""People by the hundred thousand, written by PostgreSQL itself: for measurement, not for looking at."""

from typing import Any

from django.db import connection, models, transaction
from django.db.models import F

from accounts.models import Facility, Membership, User
from accounts.roles import Role
from carecoord.demo import names
from core import audit
from core.text import search_key
from episodes.models import EpisodeOfCare, LevelOfCare
from patients.keys import sound
from patients.models import CareTeamMember, ContactPoint, Patient, PatientFacility, Relation
from patients.services import relation_permission
from scheduling.models import Appointment, AppointmentParticipant, AppointmentType
from staff.models import Practitioner

COORDINATORS = 50
REASON = "demo-bulk"

ANEW = "DROP TABLE IF EXISTS pg_temp.bulk"

PEOPLE = """
CREATE TEMPORARY TABLE bulk ON COMMIT DROP AS
SELECT number, given[1 + (number * 7919) %% cardinality(given)] AS given_name,
       given_key[1 + (number * 7919) %% cardinality(given)] AS given_key,
       given_sound[1 + (number * 7919) %% cardinality(given)] AS given_sound,
       family[1 + (number / cardinality(given)) %% cardinality(family)] AS family_name,
       family_key[1 + (number / cardinality(given)) %% cardinality(family)] AS family_key,
       family_sound[1 + (number / cardinality(given)) %% cardinality(family)] AS family_sound,
       date '1948-01-01' + (number * 6271) %% 20800 AS birth_date,
       '212555' || lpad((number %% 10000)::text, 4, '0') AS phone,
       now() - make_interval(hours => number %% 8760) AS since,
       0::bigint AS patient_id, 0::bigint AS episode_id
  FROM generate_series(%(first)s, %(last)s) AS number,
       (SELECT %(given)s::text[] AS given, %(given_key)s::text[] AS given_key, %(given_sound)s::text[] AS given_sound,
               %(family)s::text[] AS family, %(family_key)s::text[] AS family_key,
               %(family_sound)s::text[] AS family_sound) AS lists
"""

PATIENTS = """
WITH added AS (
  INSERT INTO patients_patient (uuid, version, created_at, updated_at, record_number, prefix, given_name, family_name,
         suffix, preferred_name, pronouns, birth_date, gender, gender_identity, language, interpreter_needed, deceased,
         sort_key)
  SELECT gen_random_uuid(), 1, since, since, 'BULK-' || number, '', given_name, family_name, '', '', '', birth_date,
         CASE number %% 3 WHEN 0 THEN 'female' ELSE 'male' END, '', 'en', false, false, family_key || ' ' || given_key
    FROM bulk
  RETURNING id, record_number)
UPDATE bulk SET patient_id = added.id FROM added WHERE added.record_number = 'BULK-' || bulk.number
"""

BELONGING = """
INSERT INTO patients_patientfacility (uuid, version, created_at, updated_at, patient_id, facility_id, starts_at,
       sort_key)
SELECT gen_random_uuid(), 1, since, since, patient_id, %(facility)s, since, '' FROM bulk
"""

TELECOMS = """
INSERT INTO patients_contactpoint (uuid, version, created_at, updated_at, patient_id, system, use, value, rank,
       search_key, leave_no_message, suspended_reason)
SELECT gen_random_uuid(), 1, since, since, patient_id, 'phone', 'mobile', phone, 1, phone, false, '' FROM bulk
"""

KEYS = """
INSERT INTO patients_searchkey (patient_id, key)
SELECT DISTINCT patient_id, key
  FROM bulk, unnest(ARRAY[given_key, family_key, family_key || ' ' || given_key, given_key || ' ' || family_key,
                          given_sound, family_sound, '*' || birth_date, '+' || phone, '#' || reverse(phone),
                          '=bulk-' || number]) AS key
"""

EPISODES = """
WITH added AS (
  INSERT INTO episodes_episodeofcare (uuid, version, created_at, updated_at, patient_id, facility_id, status, starts_at,
         ends_at, level_of_care_id, owner_id, owner_role, next_step, due_at)
  SELECT gen_random_uuid(), 1, since, since, patient_id, %(facility)s,
         CASE WHEN number %% 5 < 2 THEN 'active' ELSE 'finished' END, since,
         CASE WHEN number %% 5 < 2 THEN NULL ELSE since + interval '20 days' END,
         (%(levels)s::bigint[])[1 + number %% cardinality(%(levels)s::bigint[])],
         owner, 'patient-care', 'Review the care plan', now() + make_interval(hours => number %% 400 - 20)
    FROM (SELECT *,
                 (%(owners)s::bigint[])[1 + (sqrt(number %% 2500))::int %% cardinality(%(owners)s::bigint[])] AS owner
            FROM bulk) AS owned
  RETURNING id, patient_id)
UPDATE bulk SET episode_id = added.id FROM added WHERE added.patient_id = bulk.patient_id
"""

TEAM = """
INSERT INTO patients_careteammember (uuid, version, created_at, updated_at, patient_id, user_id, facility_id, role,
       starts_at)
SELECT gen_random_uuid(), 1, since, since, bulk.patient_id, owner_id, %(facility)s, 'patient-care', since
  FROM bulk JOIN episodes_episodeofcare AS episode ON episode.id = bulk.episode_id
"""

GRANTS = """
INSERT INTO patients_patientgrant (user_id, permission_id, content_object_id, facility_id, sort_key)
SELECT owner_id, %(permission)s, bulk.patient_id, %(facility)s, ''
  FROM bulk JOIN episodes_episodeofcare AS episode ON episode.id = bulk.episode_id
"""

# Every practitioner sees 16 people a day, half an hour each, from 100 days ago on: nobody is booked twice.
APPOINTMENTS = """
INSERT INTO scheduling_appointment (uuid, version, created_at, updated_at, facility_id, type_id, patient_id, episode_id,
       practitioner_id, status, status_at, starts_at, ends_at, wall_date, wall_time, time_zone, is_exception,
       schedule_version, reply, cancel_reason, video_url, external)
SELECT gen_random_uuid(), 1, now(), now(), %(facility)s, %(type)s, patient_id, episode_id, practitioner,
       CASE WHEN begins < now() THEN 'fulfilled' ELSE 'booked' END, now(), begins, begins + interval '30 minutes',
       (begins AT TIME ZONE %(zone)s)::date, (begins AT TIME ZONE %(zone)s)::time, %(zone)s, false, 1,
       'needs-action', '', '', false
  FROM (SELECT bulk.*,
               (%(practitioners)s::bigint[])[1 + rank %% cardinality(%(practitioners)s::bigint[])] AS practitioner,
               date_trunc('day', now()) - interval '100 days' + interval '8 hours'
               + (rank / cardinality(%(practitioners)s::bigint[]) / 16) * interval '1 day'
               + (rank / cardinality(%(practitioners)s::bigint[]) %% 16) * interval '30 minutes' AS begins
          FROM (SELECT *, (row_number() OVER (ORDER BY number) - 1)::int + %(offset)s AS rank FROM bulk) AS bulk
       ) AS placed
"""

# More visits of the same people, in the days before those: 16 a day of each practitioner, going back.
PAST_APPOINTMENTS = """
INSERT INTO scheduling_appointment (uuid, version, created_at, updated_at, facility_id, type_id, patient_id, episode_id,
       practitioner_id, status, status_at, starts_at, ends_at, wall_date, wall_time, time_zone, is_exception,
       schedule_version, reply, cancel_reason, video_url, external)
SELECT gen_random_uuid(), 1, begins, begins, %(facility)s, %(type)s, patient_id, episode_id,
       (%(practitioners)s::bigint[])[1 + rank %% cardinality(%(practitioners)s::bigint[])],
       CASE WHEN rank %% 9 = 0 THEN 'noshow' ELSE 'fulfilled' END, begins, begins, begins + interval '30 minutes',
       (begins AT TIME ZONE %(zone)s)::date, (begins AT TIME ZONE %(zone)s)::time, %(zone)s, false, 1,
       CASE WHEN rank %% 3 = 0 THEN 'needs-action' ELSE 'accepted' END, '', '', false
  FROM (SELECT rank, patient_id, episode_id,
               date_trunc('day', now()) - interval '102 days' + interval '8 hours'
               - (rank / cardinality(%(practitioners)s::bigint[]) / 16) * interval '1 day'
               + (rank / cardinality(%(practitioners)s::bigint[]) %% 16) * interval '30 minutes' AS begins
          FROM generate_series(%(offset)s, %(offset)s + %(number)s - 1) AS rank
          JOIN bulk ON bulk.number = rank %% %(people)s) AS placed
"""

# An episode of each person, by number from 0.
BULK_PEOPLE = """
CREATE TEMPORARY TABLE bulk ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY patient.id) - 1 AS number, patient.id AS patient_id, episode.id AS episode_id
  FROM patients_patient AS patient JOIN episodes_episodeofcare AS episode ON episode.patient_id = patient.id
 WHERE patient.record_number LIKE 'BULK-%'
"""

PARTICIPANTS = """
INSERT INTO scheduling_appointmentparticipant (uuid, version, created_at, updated_at, appointment_id, patient_id,
       practitioner_id, during, active, overlap_permitted)
SELECT gen_random_uuid(), 1, now(), now(), appointment.id,
       CASE WHEN side = 'patient' THEN appointment.patient_id END,
       CASE WHEN side = 'practitioner' THEN appointment.practitioner_id END,
       tstzrange(starts_at, ends_at), true, false
  FROM scheduling_appointment AS appointment,
       (VALUES ('patient'), ('practitioner')) AS sides (side)
 WHERE appointment.id > %(mark)s AND appointment.status <> 'noshow'
"""


@transaction.atomic
def add_people(*, facility: Facility, number: int) -> None:
    """Add so many people with an episode, a care team, an appointment and the history of each row.

    50 coordinators share them, from a few hundred to about two thousand each. A second call adds more.
    """
    marks = {model: _last_id(model) for model in WITH_HISTORY}
    # Read once: they count from the people who are there before.
    values = _parameters(facility, _coordinators(facility), number) | {"mark": marks[Appointment]}
    with connection.cursor() as cursor:
        for statement in (
            ANEW, PEOPLE, PATIENTS, "CREATE INDEX ON bulk (patient_id)", "ANALYZE bulk", BELONGING, TELECOMS, KEYS,
            EPISODES, TEAM, GRANTS, APPOINTMENTS, PARTICIPANTS,
        ):  # fmt: skip
            cursor.execute(statement, values)
        for model, mark in marks.items():
            cursor.execute(_history(model), {"mark": mark, "reason": REASON})
        cursor.execute("ANALYZE")


@transaction.atomic
def add_appointments(*, facility: Facility, number: int) -> None:
    """Add so many past visits of the people added before, with participants and history. A second call adds more.

    Raises LookupError when nobody was added.
    """
    people = Patient.objects.filter(record_number__startswith="BULK-").count()
    if not people:
        raise LookupError("Visits are of people: add those first.")
    visits: list[type[models.Model]] = [Appointment, AppointmentParticipant]
    marks = {model: _last_id(model) for model in visits}
    values = _parameters(facility, [], number) | {"people": people, "number": number, "mark": marks[Appointment]}
    earlier = Appointment.objects.filter(practitioner__in=values["practitioners"], created_at=F("starts_at"))
    values["offset"] = earlier.count()
    with connection.cursor() as cursor:
        for statement in (ANEW, BULK_PEOPLE, "CREATE INDEX ON bulk (number)", "ANALYZE bulk"):
            cursor.execute(statement)
        for statement in (PAST_APPOINTMENTS, PARTICIPANTS):
            cursor.execute(statement, values)
        for model, mark in marks.items():
            cursor.execute(_history(model), {"mark": mark, "reason": REASON})
        cursor.execute("ANALYZE")


WITH_HISTORY: list[type[models.Model]] = [
    Patient, PatientFacility, ContactPoint, EpisodeOfCare, CareTeamMember, Appointment, AppointmentParticipant,
]  # fmt: skip


def _parameters(facility: Facility, owners: list[int], number: int) -> dict[str, Any]:
    there = Patient.objects.filter(record_number__startswith="BULK-").count()
    given = [*names.WOMEN, *names.MEN]
    return {
        "first": there + 1,
        "last": there + number,
        "offset": there,
        "given": given,
        "given_key": [search_key(name) for name in given],
        "given_sound": [sound(search_key(name)) for name in given],
        "family": list(names.FAMILIES),
        "family_key": [search_key(name) for name in names.FAMILIES],
        "family_sound": [sound(search_key(name)) for name in names.FAMILIES],
        "facility": facility.pk,
        "zone": facility.time_zone,
        "owners": owners,
        "levels": list(LevelOfCare.objects.filter(edition=4).values_list("pk", flat=True)),
        "permission": relation_permission(Relation.CARE_TEAM).pk,
        "type": AppointmentType.objects.get(facility=facility, code="counseling").pk,
        "practitioners": _practitioners(),
    }


def _coordinators(facility: Facility) -> list[int]:
    rows = []
    for n in range(1, COORDINATORS + 1):
        email = f"coordinator{n}@bulk.example.org"
        user = User.objects.filter(email=email).first()
        if user is None:
            user = User.objects.create_user(email, given_name="Coordinator", family_name=f"Bulk {n:02}")
            audit.save(Membership(user=user, facility=facility, role=Role.PATIENT_CARE), by=None, reason=REASON)
        rows.append(user.pk)
    return rows


def _practitioners() -> list[int]:
    """Their own, so that no booking of the demo is in the way."""
    for n in range(Practitioner.objects.filter(family_name="Bulk").count(), COORDINATORS):
        row = Practitioner(given_name=f"Practitioner {n + 1:02}", family_name="Bulk", kind=Practitioner.Kind.COUNSELOR)
        audit.save(row, by=None, reason=REASON)
    return list(Practitioner.objects.filter(family_name="Bulk").order_by("pk").values_list("pk", flat=True))


def _last_id(model: type[models.Model]) -> int:
    return model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0


def _history(model: type[models.Model]) -> str:
    """The history twin of every row past the mark."""
    history = model.history.model._meta  # type: ignore[attr-defined]
    columns = ", ".join(f'"{field.column}"' for field in model._meta.local_fields)
    # The names are those of our own models, never of a person's making.
    return (
        f'INSERT INTO "{history.db_table}" ({columns}, history_date, history_type, history_change_reason) '  # noqa: S608
        f"SELECT {columns}, created_at, '+', %(reason)s FROM \"{model._meta.db_table}\" WHERE id > %(mark)s"
    )
