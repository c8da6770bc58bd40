"""Figure 17: the read log's reports over a million lines: the list, who looked at a chart, whom a breach affects."""

from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import AccessEvent, User
from accounts.roles import Perm, Role
from carecoord.bench.scene import Scene
from carecoord.bench.server import spent_here
from patients.selectors import accesslog, breach, wholooked

DAYS, ROUNDS = 180, 5
CLASSES = [Perm.NAME_VIEW, Perm.IDENTITY_VIEW, Perm.CONTACT_VIEW, Perm.APPOINTMENT_VIEW, Perm.PLAN_VIEW]

# Half a year of everybody's days, each with two hundred charts of one's own; one line in five hundred is a refusal.
LINES = """
INSERT INTO accounts_accessevent (at, user_id, facility_id, patient_id, action, data_class, target, outcome, code)
SELECT now() - make_interval(secs => 86400.0 * %(days)s * (%(number)s - n) / %(number)s),
       staff[1 + n %% cardinality(staff)], %(facility)s,
       people[1 + (n %% cardinality(staff) * 200 + n / cardinality(staff) %% 200) %% cardinality(people)],
       'view', classes[1 + n / 7 %% cardinality(classes)], '',
       CASE WHEN n %% 500 = 0 THEN 'denied' ELSE 'allowed' END, CASE WHEN n %% 500 = 0 THEN 'role' ELSE '' END
  FROM generate_series(1, %(number)s) AS n,
       (SELECT %(staff)s::bigint[] AS staff, %(people)s::bigint[] AS people, %(classes)s::text[] AS classes) AS lists
"""


def reports(scene: Scene, *, lines: int) -> dict[str, float]:
    """Processor milliseconds of this process and its connection for each report; the reader's roles are read before."""
    _fill(scene, lines)
    _sql("SET max_parallel_workers_per_gather = 0")  # a helping process would work uncounted
    found = {name: median(_spent_on(report) for _ in range(ROUNDS)) for name, report in _reports(scene).items()}
    _sql("RESET max_parallel_workers_per_gather")
    return found | {"lines": AccessEvent.objects.count()}


def _reports(scene: Scene) -> dict[str, Callable[[], object]]:
    facility, now, person = scene.facility, timezone.now(), scene.booker
    asker = User.objects.filter(memberships__facility=facility, memberships__role=Role.PRIVACY_OFFICER).earliest("pk")
    asker.kept_memberships = []  # type: ignore[attr-defined]  # as in a request
    opened = AccessEvent.objects.filter(user_id=person.pk, patient_id__in=[patient.pk for patient in scene.patients])
    chart = next(patient for patient in scene.patients if patient.pk == opened[0].patient_id)
    log, month = accesslog.Question, now - timedelta(days=30)
    return {
        "log": lambda: accesslog.log_page(asker, facility, log()),
        "log_of_one": lambda: accesslog.log_page(asker, facility, log(user_id=person.pk, since=month)),
        "log_of_a_subject_nobody_opened": lambda: accesslog.log_page(asker, facility, log(subject="counseling")),
        "refusals": lambda: accesslog.log_page(asker, facility, log(outcome=AccessEvent.Outcome.DENIED)),
        "who_looked": lambda: wholooked.looks(chart, facility),
        "breach_month": lambda: breach.scope(asker, facility, person, month, now),
        "breach_all": lambda: breach.scope(asker, facility, person, now - timedelta(days=DAYS), now),
    }


def _spent_on(report: Callable[[], object]) -> float:
    before = spent_here()
    report()
    return spent_here() - before


def _fill(scene: Scene, lines: int) -> None:
    """As many lines as are missing; `scene.booker` and everybody else at the facility have their share of each day."""
    missing = lines - AccessEvent.objects.count()
    if missing <= 0:
        return
    staff = User.objects.filter(memberships__facility=scene.facility).distinct().order_by("pk")
    given = {"number": missing, "days": DAYS, "facility": scene.facility.pk, "classes": [str(row) for row in CLASSES]}
    given |= {"staff": [user.pk for user in staff], "people": [patient.pk for patient in scene.patients]}
    _sql(LINES, given)
    _sql("ANALYZE accounts_accessevent")


def _sql(statement: str, values: dict[str, Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
