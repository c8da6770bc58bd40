"""The content of a packet: for each kind of record asked for, its entries within the days asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet

from accounts.roles import DataClass
from chart.selectors.packets import clinical, coordination, personal
from chart.selectors.packets.span import Entry, Span
from records.models import AmendmentRequest, Document, ReleaseRequest
from records.selectors.releases import papers_of

WRITERS: dict[DataClass, Callable[[Span], list[Entry]]] = {
    DataClass.IDENTITY: personal.identity,
    DataClass.CONTACT: personal.contact,
    DataClass.COVERAGE: personal.coverage,
    DataClass.INTAKE: clinical.intake,
    DataClass.ASSESSMENT: clinical.assessment,
    DataClass.PLAN: clinical.plan,
    DataClass.REFERRAL: coordination.referrals,
    DataClass.ACTIVITY: coordination.activities,
    DataClass.APPOINTMENT: coordination.appointments,
    DataClass.CONSENT: coordination.consents,
    DataClass.COUNSELING: clinical.counseling,
}
# What stands in these may have been amended, or be in dispute.
AMENDED = {DataClass.INTAKE, DataClass.ASSESSMENT, DataClass.PLAN, DataClass.DOCUMENT}


@dataclass(frozen=True)
class Part:
    """One kind of record in the packet."""

    data_class: str
    title: str
    entries: list[Entry]


@dataclass(frozen=True)
class Content:
    """All that leaves. `papers` go as they are; `amendments` travel with what they speak of (45 CFR 164.526)."""

    parts: list[Part]
    papers: list[Document] = field(default_factory=list)
    amendments: list[Entry] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not self.papers and not any(part.entries for part in self.parts)


def content_of(release: ReleaseRequest) -> Content:
    """Read now: the kinds of record of the request, and no other. Ask for the right to each of them first."""
    span = Span(release.patient, release.facility, release.covers_from, release.covers_until)
    classes = [row for row in DataClass if row in release.data_classes]
    parts = [Part(row.value, row.label, WRITERS[row](span)) for row in classes if row in WRITERS]
    papers = list(papers_within(release, span)) if DataClass.DOCUMENT in classes else []
    amendments = _amendments(span) if AMENDED & set(classes) else []
    return Content(parts, papers, amendments)


def papers_within(release: ReleaseRequest, span: Span) -> QuerySet[Document]:
    """The papers chosen, or all of the days asked for: by the date on the paper, else by when it was kept."""
    rows, chosen = papers_of(release.patient, release.facility), list(release.papers.values_list("pk", flat=True))
    if chosen:
        return rows.filter(pk__in=chosen)
    dated = span.of_dates("written_on") & Q(written_on__isnull=False)
    return rows.filter(dated | Q(written_on__isnull=True) & span.of_moments("created_at"))


def content_text(content: Content) -> str:
    """The content in one text, the same for the same content: its digest is printed in the packet."""
    parts = [f"{part.title}\n{entry.line}" for part in content.parts for entry in part.entries]
    papers = [f"{paper.title}\n{paper.sha256}" for paper in content.papers]
    return "\n\n".join([*parts, *papers, *(entry.line for entry in content.amendments)]) + "\n"


def _amendments(span: Span) -> list[Entry]:
    """Accepted amendments, and of denied ones what the person and the facility have put on record."""
    rows = span.patient.amendment_requests.filter(facility=span.facility).exclude(
        status__in=(AmendmentRequest.Status.CANCELLED, AmendmentRequest.Status.REQUESTED)
    )
    return [_amendment(row, span) for row in rows.select_related("appended").order_by("pk")]


def _amendment(row: AmendmentRequest, span: Span) -> Entry:
    on: date | None = span.day(row.answered_at)
    if row.appended:
        return Entry(f"Amendment: {row.subject}", row.appended.text, on)
    said = [f"Asked for: {row.wanted}", f"Denied: {row.get_denial_basis_display()}. {row.answer}"]
    said += [f"The person’s statement: {row.disagreement}"] if row.disagreement else []
    said += [f"The facility’s rebuttal: {row.rebuttal}"] if row.rebuttal else []
    return Entry(f"Amendment asked for and denied: {row.subject}", "\n".join(said), on)
