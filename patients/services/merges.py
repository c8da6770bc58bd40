"""Two records of one person put together, so that it can be undone.

Every row that names the duplicate names the survivor afterwards, whatever app it is of: the models are found by their
foreign keys to Patient. What PostgreSQL lets nobody change (papers, what was signed) stays, and is read through
`Patient.same_person`. `Merge.moved` says what was set from what to what.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import ForeignObjectRel
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from accounts import access
from accounts.models import AccessEvent, User
from core import audit
from core.errors import DomainError, constraint_name
from core.labels import when_label
from core.models import Record
from patients.models import (
    CareTeamMember,
    ContactPoint,
    DeskGrant,
    GrantPeriod,
    Identifier,
    Merge,
    NotSamePerson,
    Patient,
    PatientFacility,
    PatientGrant,
    SearchKey,
)
from patients.services.record import reindex

# Written anew, about the pair itself, or what was.
NOT_MOVED = (SearchKey, Merge, NotSamePerson, GrantPeriod)
# A row that the survivor has already stays with the duplicate: by these fields it is the same.
SAME = {
    Identifier: ("system", "value"),
    ContactPoint: ("system", "value"),
    CareTeamMember: ("user_id", "facility_id", "role", "ends_at"),
    PatientGrant: ("user_id", "permission_id"),
    DeskGrant: ("facility_id", "role", "relation"),
}
# What two records may not both have: what to do first. The names are those of the database's constraints.
SETTLE = {
    "episode_one_open_per_patient": "Both have an open episode of care. Close the one that was opened by mistake.",
    "patient_no_double_booking": "Both are booked at the same time. Cancel or move one of the appointments.",
    "care_plan_one_current": "Both have a current care plan. Complete or revoke one of them.",
    "channel_consent_one_active": "Both have agreed to reminders. Revoke one of the two consents.",
    "handoff_one_open_per_desk": "Both wait for the same desk to accept them. Have one hand-off answered.",
    "enrolment_once": "Both are enrolled in the same program. End one of the enrollments.",
    "attendance_once_per_session": "Both are on the list of one session. Take one of them off.",
    "waitlist_once_per_type": "Both wait for the same kind of visit. Take one off the waitlist.",
    "chart_restricted_once": "Both charts are restricted. Take the restriction off one of them.",
    "presentation_one_undecided": "Both are deciding on options. Record one of the two answers.",
    "option_one_accepted": "Both have accepted an option. Decline one of them.",
}


MERGED, UNDONE = "merge", "merge undone"  # reasons in the history
TOO_LATE = "This merge cannot be undone any more; correct the two records by hand:"


@dataclass
class Moves:
    """What a merge sets, as `Merge.moved` keeps it, and how many rows of which model stay."""

    moved: list[dict[str, Any]] = field(default_factory=list)
    staying: dict[str, int] = field(default_factory=dict)


class _Rehearsed(Exception):
    """Takes everything back."""


def merge(*, survivor: Patient, duplicate: Patient, reason: str, by: User) -> Merge:
    """Give the survivor every row of the duplicate, whose address leads to the survivor from now on.

    Raises DomainError with what to do first where both have what a person has once, and if one was merged meanwhile.
    """
    if not reason.strip():
        raise DomainError("Say how you know that they are one person.", field="reason")
    with transaction.atomic():
        survivor, duplicate = _locked(survivor, duplicate)
        moves = _move(survivor, duplicate, by)
        duplicate.merged_into = survivor
        audit.save(duplicate, by=by, reason=MERGED)
        row = Merge(survivor=survivor, duplicate=duplicate, merged_by=by, reason=reason.strip(), moved=moves.moved)
        audit.save(row, by=by)
        reindex(patient=survivor)
        _log(row, by)
    return row


def rehearse(*, survivor: Patient, duplicate: Patient, by: User) -> tuple[Moves, str]:
    """What the merge would move, and the sentence with which it would be refused: done, and taken back."""
    moves, refusal = Moves(), ""
    try:
        with transaction.atomic():
            moves = _move(*_locked(survivor, duplicate), by)
            raise _Rehearsed
    except _Rehearsed:
        pass
    except DomainError as error:
        refusal = error.message
    return moves, refusal


@transaction.atomic
def undo_merge(*, merged: Merge, by: User) -> Merge:
    """Give every row back. Raises DomainError that names what was changed or added since, if anything was."""
    _locked(merged.survivor, merged.duplicate, undoing=True)
    merged = Merge.objects.select_for_update(no_key=True, of=("self",)).select_related(None).get(pk=merged.pk)
    if merged.undone_at:
        raise DomainError("This merge was undone already.", code="merge.undone")
    survivor, duplicate = merged.survivor, merged.duplicate
    duplicate.merged_into = None
    audit.save(duplicate, by=by, reason=UNDONE)  # first: PostgreSQL lets nothing be added to a record merged away
    for model, entries in _by_model(merged.moved):
        _require_untouched(model, entries, merged)
        _give_back(model, entries, duplicate, by)
    _require_nothing_between(survivor, duplicate)
    merged.undone_at, merged.undone_by = timezone.now(), by
    audit.save(merged, by=by)
    reindex(patient=survivor)
    _log(merged, by, "undone")
    return merged


@transaction.atomic
def mark_not_same(*, one: Patient, other: Patient, reason: str = "", by: User) -> NotSamePerson:
    """Remember that these are two people: they are not offered as duplicates again. Harmless twice."""
    first, second = sorted((one, other), key=lambda patient: patient.pk)
    known = NotSamePerson.objects.filter(first=first, second=second).first()
    return known or audit.save(NotSamePerson(first=first, second=second, reason=reason.strip()), by=by)


def moving_fields() -> list[tuple[type[models.Model], str]]:
    """Every model of the house with its foreign key to a patient, in a fixed order."""
    relations = (row for row in Patient._meta.get_fields(include_hidden=True) if isinstance(row, ForeignObjectRel))
    found = [(row.field.model, row.field.name) for row in relations]
    ours = [pair for pair in found if pair[0] not in NOT_MOVED and not pair[0].__name__.startswith("Historical")]
    return sorted(ours, key=lambda pair: (pair[0]._meta.label, pair[1]))


def _locked(survivor: Patient, duplicate: Patient, *, undoing: bool = False) -> tuple[Patient, Patient]:
    """Both, locked in the order of their ids. `FOR UPDATE` waits for rows that are being added to either."""
    rows = Patient.objects.select_for_update().filter(pk__in=[survivor.pk, duplicate.pk]).order_by("pk")
    found = {row.pk: row for row in rows}
    one, two = found.get(survivor.pk), found.get(duplicate.pk)
    if one is None or two is None or one == two:
        raise DomainError("Choose two records.", code="merge.two")
    if one.merged_into_id or (two.merged_into_id and not undoing):
        raise DomainError("One of the two was merged meanwhile. Look at the list again.", code="merge.meanwhile")
    return one, two


def _move(survivor: Patient, duplicate: Patient, by: User) -> Moves:
    moves = Moves()
    for model, name in moving_fields():
        rows = list(model._base_manager.filter(**{name: duplicate}).order_by("pk"))
        going, ending = _sorted_out(model, name, rows, survivor)
        moved = _set(model, going, {name: survivor}, by)
        moved += _set(model, ending, {"ends_at": timezone.now()}, by) if ending else []
        moves.moved += moved
        if len(moved) < len(rows):
            moves.staying[model._meta.label] = len(rows) - len(moved)
    return moves


def _sorted_out(
    model: type[models.Model], name: str, rows: list[Any], survivor: Patient
) -> tuple[list[Any], list[Any]]:
    """Which rows move, and which end where they are because the survivor has such a one."""
    theirs = model._base_manager.filter(**{name: survivor})
    if model is PatientFacility:
        places = set(theirs.filter(ends_at__isnull=True).values_list("facility_id", flat=True))
        ending = [row for row in rows if row.ends_at is None and row.facility_id in places]
        return [row for row in rows if row not in ending], ending
    fields = SAME.get(model)
    if not fields:
        return rows, []
    known = set(theirs.values_list(*fields))
    return [row for row in rows if tuple(getattr(row, name) for name in fields) not in known], []


def _set(model: type[models.Model], rows: list[Any], values: dict[str, Any], by: User) -> list[dict[str, Any]]:
    """Set fields of many rows with their history; of those PostgreSQL refuses to change, none. What was set."""
    try:
        with transaction.atomic():
            return _write(model, rows, values, by, reason=MERGED)
    except IntegrityError as error:
        name = constraint_name(error)
        if name in {constraint.name for constraint in model._meta.constraints} | SETTLE.keys():
            raise DomainError(SETTLE.get(name) or _once(model), code="merge.settle") from error
        if len(rows) == 1:
            return []  # final: it stays
    fresh = {row.pk: row for row in model._base_manager.filter(pk__in=[row.pk for row in rows])}
    return [entry for row in rows for entry in _set(model, [fresh[row.pk]], values, by)]


def _write(
    model: type[models.Model], rows: list[Any], values: dict[str, Any], by: User, *, reason: str
) -> list[dict[str, Any]]:
    if not rows:
        return []
    entries, now = [], timezone.now()
    fields = set(values)
    for row in rows:
        before = {name: _value(row, name) for name in values}
        for name, value in values.items():
            setattr(row, name, value)
        fields |= _follow(row, values, now)
        change = {name: [before[name], _value(row, name)] for name in values}
        entries.append({"model": model._meta.label_lower, "id": row.pk, "set": change})
    audit.tell_author(by)
    if issubclass(model, Record):
        author = {"default_user": by, "default_change_reason": reason, "batch_size": 500}
        bulk_update_with_history(rows, model, sorted(fields), manager=model._base_manager, **author)
    else:
        model._base_manager.bulk_update(rows, sorted(fields), batch_size=500)
    return entries


def _follow(row: Any, values: dict[str, Any], now: Any) -> set[str]:
    """What changes with a row: its version, its time, and the copy of the patient's sort key."""
    fields = set()
    if isinstance(row, Record):
        row.version, row.updated_at = row.version + 1, now
        fields |= {"version", "updated_at"}
    patient = next((value for value in values.values() if isinstance(value, Patient)), None)
    if patient and isinstance(row, PatientFacility | PatientGrant):
        row.sort_key = patient.sort_key
        fields.add("sort_key")
    return fields


def _give_back(model: type[models.Model], entries: list[dict[str, Any]], duplicate: Patient, by: User) -> None:
    rows = model._base_manager.in_bulk([entry["id"] for entry in entries])
    for names in sorted({tuple(entry["set"]) for entry in entries}):
        some = [rows[entry["id"]] for entry in entries if tuple(entry["set"]) == names]
        values = {name: duplicate if name != "ends_at" else None for name in names}
        _write(model, some, values, by, reason=UNDONE)


def _require_untouched(model: type[models.Model], entries: list[dict[str, Any]], merged: Merge) -> None:
    """Raises DomainError that names the first row of these that somebody changed or took away since."""
    rows = model._base_manager.select_for_update(no_key=True).in_bulk([entry["id"] for entry in entries])
    for entry in entries:
        row, name = rows.get(entry["id"]), model._meta.verbose_name
        if row is None or any(_value(row, key) != after for key, (_, after) in entry["set"].items()):
            raise DomainError(f"{TOO_LATE} {name} {entry['id']} is not where the merge put it.", code="merge.changed")
    edit = _edited(model, list(rows), merged.merged_at) if issubclass(model, Record) else None
    if edit:
        when, who = when_label(edit.history_date, timezone.get_current_timezone()), edit.history_user or "the system"
        raise DomainError(
            f"{TOO_LATE} {model._meta.verbose_name} {edit.id} was changed {when} by {who}.", code="merge.changed"
        )


def _edited(model: type[Record], ids: list[int], since: datetime) -> Any:
    """The first line of history of one of the rows that was written since, not by a merge."""
    lines = model.history.filter(id__in=ids, history_date__gt=since)
    return lines.exclude(history_change_reason__in=(MERGED, UNDONE)).select_related("history_user").first()


def _require_nothing_between(survivor: Patient, duplicate: Patient) -> None:
    """What was added since hangs on the survivor; it must not point to a row that goes back."""
    keyed = dict(moving_fields())
    for model, name in keyed.items():
        for link in model._meta.get_fields():
            target = link.related_model if isinstance(link, models.ForeignKey) else None
            if target in keyed and target is not Patient:
                across = {name: survivor, f"{link.name}__{keyed[target]}": duplicate}
                row = model._base_manager.filter(**across).first()
                if row:
                    said = f"{model._meta.verbose_name} {row.pk} was added since, to something that would go back."
                    raise DomainError(f"{TOO_LATE} {said}", code="merge.added")


def _by_model(moved: list[dict[str, Any]]) -> Iterator[tuple[type[models.Model], list[dict[str, Any]]]]:
    """In the reverse order of the merge."""
    labels = list(dict.fromkeys(entry["model"] for entry in reversed(moved)))
    for label in labels:
        yield apps.get_model(label), [entry for entry in moved if entry["model"] == label]


def _value(row: Any, name: str) -> Any:
    """A field as `Merge.moved` keeps it: an id, or a time as text."""
    value = getattr(row, row._meta.get_field(name).attname)
    return value.isoformat() if isinstance(value, datetime) else value


def _log(row: Merge, by: User, code: str = "") -> None:
    for pk in (row.survivor_id, row.duplicate_id):
        access.log(user=by, action=AccessEvent.Action.MERGE, patient_id=pk, target=f"merge:{row.pk}", code=code)


def _once(model: type[models.Model]) -> str:
    return f"Both have {model._meta.verbose_name_plural} that a person has only once. Settle that on one of them first."
