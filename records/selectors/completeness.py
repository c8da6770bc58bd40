"""What a chart should hold by now and does not: by the facility's rules, for one person or for all."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import (
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Concat
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.access import roles_at
from accounts.models import Facility, User
from accounts.roles import Perm, Role
from core.labels import distance_label, due_label, when_label
from episodes.models import EpisodeOfCare, EpisodeStep, Task
from patients.access import asks_reason, read_of, visible_patients
from patients.models import Patient
from records.models import ChartRule, Document

# These hold for longer than one stay; every other paper has to be of this stay.
LASTING = (Document.Kind.IDENTIFICATION, Document.Kind.INSURANCE, Document.Kind.NOTICE)
STAYS = 2000  # looked through for one page at most


def chart_rules(facility: Facility) -> QuerySet[ChartRule]:
    """The rules in force, the soonest first."""
    return ChartRule.objects.filter(facility=facility, is_active=True).order_by("within_hours", "pk")


def chart_rule_of(facility: Facility, pk: UUID) -> ChartRule:
    """One of them. Raises Http404."""
    rule = chart_rules(facility).filter(uuid=pk).first()
    if rule is None:
        raise Http404
    return rule


def what_of(rule: ChartRule) -> str:
    """`Care plan`, `Coverage checked`."""
    return rule.get_document_kind_display() if rule.document_kind else rule.get_step_display()


def missing(facility: Facility, now: datetime) -> QuerySet[Any]:
    """A row for each rule and open stay that it should be met in by now and is not; the oldest stay first.

    One statement: rules are few, open stays are found by index from the oldest on, and each is looked up in an index.
    """
    rows: QuerySet[Any] = chart_rules(facility).annotate(
        stay=F("facility__episodes__pk"),
        stay_uuid=F("facility__episodes__uuid"),
        person=F("facility__episodes__patient_id"),
        state=F("facility__episodes__status"),
        since=F("facility__episodes__starts_at"),
    )
    hours = ExpressionWrapper(F("within_hours") * Value(timedelta(hours=1)), output_field=DurationField())
    rows = rows.annotate(due=ExpressionWrapper(F("since") + hours, output_field=DateTimeField()))
    rows = rows.filter(state__in=EpisodeOfCare.OPEN, since__lte=now, due__lte=now)
    unfiled = ~Exists(_papers("patient")) & ~Exists(_papers("patient__merged_into"))
    rows = rows.filter(Q(document_kind="") | unfiled, Q(step="") | ~Exists(_steps()))
    return rows.order_by("since", "stay", "within_hours", "pk")


@dataclass(frozen=True)
class MissingPage:
    """Some of what is missing. `after` is the stay to go on after, None at the end.

    `is_partial` says that no more than the next STAYS stays were looked through, and there are others.
    """

    rows: list[dict[str, Any]]
    after: UUID | None
    is_partial: bool = False


def missing_page(
    user: User, facility: Facility, *, owed_by: str = "", after: UUID | None = None, size: int = 50
) -> MissingPage:
    """What is missing in the charts that the person may see, ready to print; a stay is never cut in two.

    However many stays there are and however complete they are, it looks through STAYS of them at most. Raises Http404
    for a stay to go on after that is not one of the facility's.
    """
    now = timezone.now()
    first = _stay_of(facility, after) if after else None
    last = _last_stay(facility, now, first)
    rows = list(_named(missing(facility, now), owed_by).filter(_later(first), _until(last))[: size + 1])
    whole, rest = rows[:size], rows[size:]
    if rest:
        whole = [row for row in whole if row.stay != rest[0].stay]
    seen = visible_patients(user, Perm.NAME_VIEW, facility).annotate(asks_reason=asks_reason(user, facility))
    people = seen.order_by().in_bulk({row.person for row in whole})
    shown = [_row(row, people[row.person], facility, now) for row in whole if row.person in people]
    goes_on = whole[-1].stay_uuid if rest else last.uuid if last else None
    return MissingPage(shown, goes_on, is_partial=bool(last and not rest))


def missing_of(user: User, patient: Patient, facility: Facility) -> list[dict[str, Any]]:
    """What is missing in one chart; without the right to all papers, what one's own desk owes. Ask the door first."""
    now = timezone.now()
    rows = _named(missing(facility, now).filter(person=patient.pk), "")
    if not patient.held & {Perm.DOCUMENT_VIEW, Perm.DOCUMENT_FILE}:
        rows = rows.filter(owed_by__in=roles_at(user, facility))
    return [_row(row, patient, facility, now) for row in rows]


def is_missing(patient: Patient, rule: ChartRule) -> bool:
    """Whether it still is."""
    return missing(rule.facility, timezone.now()).filter(person=patient.pk, pk=rule.pk).exists()


def owing_desks() -> list[tuple[str, str]]:
    """The desks that may owe something to a chart."""
    without = {Role.TECHNICAL, Role.PRIVACY_OFFICER, Role.PHYSICIAN_SERVICES}
    return [(role.value, role.label) for role in Role if role not in without]


def _stay_of(facility: Facility, pk: UUID) -> EpisodeOfCare:
    stay = EpisodeOfCare.objects.filter(facility=facility, uuid=pk).first()
    if stay is None:
        raise Http404
    return stay


def _last_stay(facility: Facility, now: datetime, first: EpisodeOfCare | None) -> EpisodeOfCare | None:
    """The last of the next STAYS open stays, None if there are not so many."""
    stays = EpisodeOfCare.objects.open().filter(_later(first, "starts_at", "pk"), facility=facility, starts_at__lte=now)
    return stays.order_by("starts_at", "pk")[STAYS - 1 : STAYS].first()


def _later(stay: EpisodeOfCare | None, since: str = "since", pk: str = "stay") -> Q:
    """A filter: what comes after this stay. By the column of the index first, which is what makes it quick."""
    if stay is None:
        return Q()
    began = stay.starts_at
    return Q(**{f"{since}__gte": began}) & (Q(**{f"{since}__gt": began}) | Q(**{f"{pk}__gt": stay.pk}))


def _until(stay: EpisodeOfCare | None) -> Q:
    if stay is None:
        return Q()
    return Q(since__lte=stay.starts_at) & (Q(since__lt=stay.starts_at) | Q(stay__lte=stay.pk))


def _named(rows: QuerySet[Any], owed_by: str) -> QuerySet[Any]:
    """With the time somebody was asked for it, of one desk if it is named."""
    patient_type = ContentType.objects.get_for_model(Patient)
    asked = Task.objects.open().filter(focus_type=patient_type, focus_id=OuterRef("person"), kind=OuterRef("asks"))
    rows = rows.annotate(asks=Concat(Value(Task.MISSING), F("document_kind"), F("step")))
    rows = rows.annotate(asked_at=Subquery(asked.order_by("pk").values("created_at")[:1]))
    return rows.filter(owed_by=owed_by) if owed_by else rows


def _papers(whose: str) -> QuerySet[Document]:
    """Of the person, or of a record merged into this one: papers stay with theirs. Two looks, an index each."""
    same = Document.objects.filter(**{whose: OuterRef("person")}, kind=OuterRef("document_kind"))
    return same.filter(
        Q(created_at__gte=OuterRef("since")) | Q(kind__in=LASTING), status=Document.Status.CURRENT
    ).order_by()


def _steps() -> QuerySet[EpisodeStep]:
    return EpisodeStep.objects.filter(
        episode=OuterRef("stay"), kind=OuterRef("step"), withdrawn_at__isnull=True
    ).order_by()


def _row(row: Any, patient: Patient, facility: Facility, now: datetime) -> dict[str, Any]:
    return {
        "patient": patient.list_name,
        "record_number": read_of(patient, patient.record_number, ""),
        "url": patient.get_absolute_url(),
        "ask_url": reverse("records:chart_ask", args=[patient.uuid, row.uuid]),
        "what": read_of(patient, what_of(row)),
        "is_paper": bool(row.document_kind),
        "owed_by": row.get_owed_by_display(),
        "due": due_label(row.due, facility.tz, now),
        "since": distance_label(now - row.due),
        "asked": when_label(row.asked_at, facility.tz, now) if row.asked_at else "",
    }
