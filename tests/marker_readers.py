"""Everybody at every page: who read which marker where, and at a time when the matrix did not give it."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib import admin
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.access import may
from accounts.models import User
from accounts.roles import Perm, Role
from chart.selectors.kinds import KINDS as KINDS_OF_HISTORY
from core.errors import DomainError
from patients import services as patients
from patients.access import LISTED
from patients.standing import restricted_charts, standing
from scheduling.models import AppointmentType
from tests import marker_searches
from tests import marker_shapes as shapes
from tests import markers as marking
from tests.access_matrix import Row
from tests.markers import Marker

# What a person may read because it is his or her own: written, sent or owed by that person.
OWN = {
    "records.Document": Perm.DOCUMENT_OWN,
    "records.ClinicalPhoto": Perm.DOCUMENT_OWN,
    "records.Signature": Perm.DOCUMENT_OWN,
    "records.RecordSubmission": Perm.DOCUMENT_SUBMIT,
    "records.CounselingNote": Perm.COUNSELING_OWN,
    "records.Disclosure": Perm.DISCLOSURE_OWN,
    "patients.EmergencyAccess": Perm.EMERGENCY_OPEN,
    "episodes.Task": Perm.DISCLOSURE_APPROVE,  # what is asked of the privacy officer
}

# The privacy officer restricts a chart by the record number that he or she was told and typed, and says why.
ENTERED = {"patients.Patient.record_number", "patients.Restriction.words"}
# Of a restricted chart lists say whose it is, that something is owed, and when; not what.
NAMED = {
    "patients.Patient.family_name", "patients.Patient.preferred_name", "scheduling.Appointment.starts_at",
    "scheduling.Appointment.ends_at",
}  # fmt: skip
KIND_OF_VISIT = "zqkind"
# What a filter offers is of no person.
OFFERED = re.compile(r'<option.*?</option>|<nav id="changelist-filter".*?</nav>', re.DOTALL)
# Links of the patient, one row of the admin site, a question with its words in the address, another's emergency.
NO_LIST = re.compile(r"^/a/|/(change|history)/$|\?q=|^/episodes/emergencies/")
# What leaves as assessments has the allergies; who releases it has looked at it.
IN_PACKETS = {"patients.AllergyIntolerance.substance", "patients.AllergyIntolerance.reaction"}
NOT_ASKED: list[Row] = []
# Whoever holds the link of a visit is taken for the patient.
ON_LINKS = {"scheduling.Appointment.starts_at", "scheduling.Appointment.ends_at"}
KINDS: dict[str, set[str]] = {}  # view → what its answers are
MARKS = {marker.token: marker for marker in marking.markers()}


@dataclass
class Reader:
    """One person: what was read on which page, and what of it at a time when the matrix did not give it."""

    role: str
    is_stranger: bool
    user: User
    client: Client
    matters: set[Perm] = field(default_factory=set)  # of the facility: they are the same in every world
    refusals: set[int | None] = field(default_factory=set)
    held: set[Perm] = field(default_factory=set)
    read: dict[Marker, str] = field(default_factory=dict)
    too_much: dict[Marker, str] = field(default_factory=dict)
    told: dict[str, None] = field(default_factory=dict)  # pages that told anything of the person
    untold: set[str] = field(default_factory=set)  # what they told of it although its chart was restricted

    def __post_init__(self):
        self.matters = {perm for perm in Perm if not perm.about_patients and may(self.user, perm)}

    def look(self, page, held):
        for marker in (MARKS[token] for token in self.tokens(page.path) & MARKS.keys()):
            in_packet = page.path.endswith("/packet/") and str(marker) in IN_PACKETS
            if not in_packet and not (page.is_public and str(marker) in ON_LINKS):
                self.note(marker, page.path, held)

    def tokens(self, path):
        with transaction.atomic():
            response = self.client.get(path)
            text = marking.text_of(response)
            transaction.set_rollback(True)
        if kind_of(response) != "text/html":
            return shapes.tokens(text, glued=True)
        return shapes.tokens(OFFERED.sub("", text) if path in self.told else text)

    def note(self, marker, path, held):
        self.read.setdefault(marker, path)
        self.told[path] = None
        if not held & marker.readers and OWN.get(marker.label) not in held:
            self.too_much.setdefault(marker, path)


@dataclass(frozen=True)
class Page:
    """An address, and the row of the matrix that it is of."""

    path: str
    row: Row | None = None

    @property
    def is_public(self):
        return self.row is not None and self.row.public

    def is_refused_again(self, reader):
        """test_access has the refusal; what a refusal looks like is read once of each kind."""
        code = self.row and self.row.expects(reader.role, stranger=reader.is_stranger)
        again = code is not None and code in reader.refusals
        reader.refusals.add(code)
        return again


def pages_of(rows, world, alone):
    return [page for row in rows for page in _pages(row, world, alone)]


def _pages(row, world, alone):
    """The page, with the rows it needs; a page whose rows would lock everybody out is read alone."""
    try:
        with transaction.atomic():
            path = reverse(row.name, args=row.args(world))
            if alone is not NOT_ASKED and restricted_charts().exists():
                raise DomainError("A restricted chart shows the others nothing.")
            return [Page(path, row)]
    except (DomainError, DatabaseError):
        alone.append(row)
        return _of_patient(row, world)


def _of_patient(row, world):
    """A page that needs no more than the patient shows what there is."""
    try:
        return [Page(reverse(row.name, args=[world.patient.uuid]), row)]
    except NoReverseMatch:
        return []


def past_pages(world):
    """The chart as it was, and every kind of its history."""
    as_of = (timezone.localtime() - timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M")
    yield Page(reverse("chart:patient_as_of", args=[world.patient.uuid]) + f"?as_of={as_of}")
    for kind in KINDS_OF_HISTORY:
        yield Page(reverse("chart:patient_changes", args=[world.patient.uuid]) + f"?kind={kind.key}")


def breach_pages(world):
    """Whom a breach of the clinical coordinator's account would affect."""
    now = timezone.localtime()
    asked = {"since": now - timedelta(days=1), "until": now + timedelta(days=1)}
    asked = {name: moment.strftime("%Y-%m-%dT%H:%M") for name, moment in asked.items()}
    query = urlencode(asked | {"person": world.people[Role.CLINICAL_COORDINATOR].uuid})
    yield from (Page(f"{reverse(f'patients:breach_{page}')}?{query}") for page in ("scope", "export"))


def days_of_visits(world):
    """The calendars of the days on which the person comes, by practitioner, by room and as a list."""
    for visit in world.patient.appointments.all():
        day = f"{visit.starts_at.astimezone(world.facility.tz):%Y-%m-%d}"
        yield from (Page(f"{reverse(f'scheduling:{page}')}?day={day}") for page in ("day", "week", "mail_day"))
        yield Page(f"{reverse('scheduling:day')}?day={day}&by=room")


def admin_pages():
    for model in admin.site._registry:
        if model in marking.marked_models():
            label = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            yield Page(reverse(f"{label}_changelist"))
            for pk in model._base_manager.values_list("pk", flat=True)[:1]:
                yield from (Page(reverse(f"{label}_{page}", args=[pk])) for page in ("change", "history"))


def read(people, world, pages):
    for reader in people:
        held = _held(reader, world)
        reader.held |= held
        for page in pages if held else _beside(pages, world):
            if not page.is_refused_again(reader):
                reader.look(page, held)


def search(people, world):
    """To be found by a value is to read it."""
    marks = {str(marker): marker for marker in MARKS.values()}
    asked = list(marker_searches.searches(world))
    for reader in people:
        held, admits = _held(reader, world), enters_admin(reader)
        for search in asked if admits else [row for row in asked if not row.path.startswith("/admin/")]:
            with transaction.atomic():
                response = marker_searches.ask(reader.client, search)
                transaction.set_rollback(True)
            kind_of(response)
            if search.witness in str(response.content, errors="replace"):
                reader.note(marks[search.place], search.path, held)


def read_lists_of_restricted(people, world):
    """The lists that told of the person, once more when the chart is restricted and nobody has given a reason."""
    by = world.people[Role.PRIVACY_OFFICER]
    patients.restrict_chart(patient=world.patient, facility=world.facility, words="Staff", by=by)
    AppointmentType.objects.filter(appointments__patient=world.patient).update(name=KIND_OF_VISIT)
    for reader in people:
        for path in reader.told:
            if str(world.patient.uuid) in path or NO_LIST.search(path):
                continue
            found = reader.tokens(path) & {*MARKS, KIND_OF_VISIT}
            told = {str(MARKS.get(token, KIND_OF_VISIT)) for token in found} - NAMED
            told -= ENTERED if "/restricted/" in path else set()
            reader.untold |= {f"{reader.role} may not read {place} of a restricted chart on {path}" for place in told}


def _beside(pages, world):
    """What a stranger may open at all: test_access has every page of the patient answer 404."""
    return [page for page in pages if str(world.patient.uuid) not in page.path]


def kind_of(response):
    """What it is, noted by the name of its view."""
    kind = response.get("Content-Type", "").split(";")[0]
    if response.status_code in (200, 503) and response.resolver_match:
        KINDS.setdefault(response.resolver_match.view_name, set()).add(kind)
    return kind


def enters_admin(reader):
    return reader.client.get(reverse("admin:index")).status_code == 200


def _held(reader, world):
    """By the door; what lists name of a restricted chart; and the matters of the facility."""
    found = standing(reader.user, world.patient)
    return found.held | found.whole & LISTED | reader.matters if found.whole else set()
