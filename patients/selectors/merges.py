"""Two records that may be one person: found, compared, and what a merge would move."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model
from django.http import Http404
from django.utils import timezone
from rapidfuzz.distance import JaroWinkler

from accounts.models import Facility, User
from accounts.roles import Perm
from core.labels import when_label
from core.text import search_key
from patients.access import asks_reason, permissions
from patients.models import Merge, Patient
from patients.selectors.search import ALIKE

Row = dict[str, Any]
PAIRS = 2000  # looked at, at most
SHARED_BY = 8  # more people than these with one number, or one birth date and sound of a name, say nothing
LISTED_ROWS = 50  # of each kind, in a preview

# Everybody of the facility who shares the birth date and a sound of the name with somebody, and after them who shares
# a telephone number or a foreign number; two who were found to be two people are left out. Each index is walked once
# and grouped: to look each pair of one birth date up took eight seconds at 100,000 people. What many share is a house's
# number or a first of January, and no evidence.
PAIRS_SQL = """
WITH here AS MATERIALIZED (
    SELECT patient.id, patient.birth_date
      FROM patients_patientfacility AS place JOIN patients_patient AS patient ON patient.id = place.patient_id
     WHERE place.facility_id = %(facility)s AND place.ends_at IS NULL AND patient.merged_into_id IS NULL
), alike (people, rank) AS (
    SELECT array_agg(here.id), 0
      FROM here JOIN patients_searchkey AS name ON name.patient_id = here.id AND name.key >= '~'
     WHERE here.birth_date IS NOT NULL
     GROUP BY here.birth_date, name.key HAVING count(*) BETWEEN 2 AND %(most)s
     UNION ALL
    SELECT array_agg(here.id), 1
      FROM here JOIN patients_searchkey AS number ON number.patient_id = here.id
     WHERE (number.key >= '+' AND number.key < ',') OR (number.key >= '=' AND number.key < '>')
     GROUP BY number.key HAVING count(*) BETWEEN 2 AND %(most)s
), pairs AS (
    SELECT one, two, min(rank) AS rank
      FROM alike, unnest(people) AS one, unnest(people) AS two
     WHERE one < two GROUP BY one, two
)
SELECT one, two FROM pairs
 WHERE NOT EXISTS (SELECT FROM patients_notsameperson WHERE first_id = one AND second_id = two)
 ORDER BY rank, one, two LIMIT %(limit)s
"""


def possible_pairs(user: User, facility: Facility) -> list[Row]:
    """Pairs of the facility's people who may be one, likeliest first, with what they share. Two queries.

    Restricted charts are left out until the person has broken the glass for both.
    """
    with connection.cursor() as cursor:
        cursor.execute(PAIRS_SQL, {"facility": facility.pk, "most": SHARED_BY, "limit": PAIRS})
        pairs = cursor.fetchall()
    wanted = {pk for pair in pairs for pk in pair}
    people = Patient.objects.exclude(asks_reason(user, facility)).in_bulk(wanted)
    rows = [_pair(people[one], people[two]) for one, two in pairs if one in people and two in people]
    return sorted((row for row in rows if row["score"] >= 50), key=lambda row: (-row["score"], row["left"].pk))


def compared(user: User, left: Patient, right: Patient) -> list[Row]:
    """Two records field by field, as far as the person may see both. A fixed number of queries."""
    held = permissions(user, left) & permissions(user, right)
    rows = [_field(name, left, right) for name in IDENTITY] if Perm.IDENTITY_VIEW in held else []
    if Perm.IDENTITY_VIEW in held:
        rows.append(_many("Other numbers", *([row.value for row in who.identifiers.all()] for who in (left, right))))
    if Perm.CONTACT_VIEW in held:
        rows.append(
            _many("Telephone and e-mail", *([row.value for row in who.telecoms.all()] for who in (left, right)))
        )
        lines = ([f"{row.line}, {row.city}" for row in who.addresses.all()] for who in (left, right))
        rows.append(_many("Addresses", *lines))
        rows.append(_many("Related people", *([row.name for row in who.related_people.all()] for who in (left, right))))
    known = [[f"since {when_label(who.created_at, timezone.get_current_timezone())}"] for who in (left, right)]
    return [*rows, _many("On record", *known) | {"same": None}]


IDENTITY = (
    "record_number", "family_name", "given_name", "preferred_name", "suffix", "birth_date", "gender",
    "gender_identity", "pronouns", "language", "deceased",
)  # fmt: skip


def other_of(user: User, patient: Patient, pk: UUID, perm: Perm) -> Patient:
    """The record to compare with. Raises Http404 unless the person may do this for that one too."""
    other = Patient.objects.filter(uuid=pk, merged_into__isnull=True).exclude(pk=patient.pk).first()
    if other is None or perm not in permissions(user, other):
        raise Http404
    other.held = permissions(user, other)
    return other


def preview(moved: list[Row], staying: dict[str, int], models: dict[str, type[Model]]) -> list[Row]:
    """What a merge moves, by kind: how many, and the rows by number and day. One query for each kind."""
    groups = []
    for label, model in models.items():
        ids = [entry["id"] for entry in moved if entry["model"] == model._meta.label_lower]
        stays = staying.get(label, 0)
        if ids or stays:
            name = model._meta.verbose_name_plural
            groups.append({"label": str(name), "count": len(ids), "stays": stays, "rows": _listed(model, ids)})
    return sorted(groups, key=lambda group: -group["count"])


def recent_merges(facility: Facility) -> list[Merge]:
    """The merges of the facility's people, newest first. One query."""
    here = Patient.objects.filter(facilities__facility=facility, facilities__ends_at__isnull=True).values("pk")
    rows = Merge.objects.filter(survivor__in=here).select_related("survivor", "duplicate", "merged_by", "undone_by")
    return list(rows.order_by("-merged_at")[:20])


def merge_of(patient: Patient, pk: UUID) -> Merge:
    """A merge into this patient. Raises Http404 for any other."""
    row = patient.merges.filter(uuid=pk).select_related("survivor", "duplicate", "merged_by").first()
    if row is None:
        raise Http404
    return row


def _pair(left: Patient, right: Patient) -> Row:
    """Weighed as the search weighs: names 50, birth date 35, and what else the block found 15."""
    family = JaroWinkler.similarity(search_key(left.family_name), search_key(right.family_name))
    names = [[search_key(name) for name in (who.given_name, who.preferred_name) if name] for who in (left, right)]
    given = max((JaroWinkler.similarity(one, two) for one in names[0] for two in names[1]), default=0)
    born = left.birth_date is not None and left.birth_date == right.birth_date
    likeness = (family + given) / 2
    shared = ["same name"] if likeness == 1 else ["similar name"] if likeness >= ALIKE else []
    shared += ["same birth date"] if born else ["same telephone or foreign number"]
    score = round(50 * likeness + (35 if born else 15) + (15 if likeness == 1 and born else 0))
    return {"left": left, "right": right, "score": score, "why": ", ".join(shared)}


def _field(name: str, left: Patient, right: Patient) -> Row:
    field: Any = Patient._meta.get_field(name)
    values = [_shown(name, who) for who in (left, right)]
    label = str(field.verbose_name).capitalize()
    return {"label": label, "left": values[0], "right": values[1], "same": values[0] == values[1]}


def _shown(name: str, patient: Patient) -> str:
    display = getattr(patient, f"get_{name}_display", None)
    value = display() if display else getattr(patient, name)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return f"{value:%b} {value.day}, {value.year}" if isinstance(value, date) else str(value or "")


def _many(label: str, left: list[str], right: list[str]) -> Row:
    return {"label": label, "left": "; ".join(left), "right": "; ".join(right), "same": set(left) == set(right)}


def _listed(model: type[Model], ids: list[int]) -> list[str]:
    """By number and day alone: the person who merges may not read everything that moves."""
    zone, fields = timezone.get_current_timezone(), {field.name for field in model._meta.fields}
    if "created_at" not in fields:
        return []
    rows = model._base_manager.filter(pk__in=ids[:LISTED_ROWS]).order_by("-created_at").values_list("pk", "created_at")
    return [f"{model._meta.verbose_name} {pk}, {when_label(made, zone)}" for pk, made in rows]
