"""A consent is taken back, and with it everything that rests on it, in one transaction."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from chart.selectors.blast import blast_of
from core.errors import DomainError
from episodes import services as episodes
from patients.models import Patient
from records import services as records
from records.models import Consent, Document
from records.services.releases import withdraw_request
from records.services.revocations import Writing, keep_writing

TO_TELL = "consent-revoked"
ANSWER_WITHIN = timedelta(hours=4)


@dataclass(frozen=True)
class Stopped:
    """What ended with the consent."""

    consent: Consent
    writing: Document
    releases: int


@transaction.atomic
def revoke(*, consent: Consent, writing: Writing, by: User) -> Stopped:
    """Take a consent back in writing; open requests for copies that rest on it are withdrawn, and desks told.

    The patient is locked first, as the preflight does: a disclosure comes wholly before it, and is listed, or is
    refused. What was disclosed before stays where it is.
    Raises DomainError if the consent has ended already, and what `keep_writing` raises.
    """
    Patient.objects.select_for_update(no_key=True).get(pk=consent.patient.survivor.pk)
    row = Consent.objects.select_related("form", "facility", "patient", "document").get(pk=consent.pk)
    if row.status != Consent.Status.ACTIVE:
        raise DomainError("This consent has ended already; look at it again.", code="consent.ended")
    blast = blast_of(row)
    paper, via = keep_writing(consent=row, writing=writing, by=by)
    ended = records.end_consent(consent=row, writing=paper, via=via, by=by)
    for release in blast.releases:
        withdraw_request(release=release, by=by)
    if blast.expecting:
        _tell(ended, by)
    return Stopped(ended, paper, len(blast.releases))


def _tell(consent: Consent, by: User) -> None:
    """Who holds the baton, else intake, hears that somebody outside may wait for an answer that must not be given."""
    patient = consent.patient.survivor
    episode = patient.episodes.open().select_related("owner").first()
    episodes.ask(
        facility=consent.facility,
        patient=patient,
        kind=TO_TELL,
        text="A consent was taken back: give its recipients no more answers",
        owner_role=(episode and episode.owner_role) or Role.INTAKE,
        owner=episode.owner if episode else None,
        due_at=timezone.now() + ANSWER_WITHIN,
        focus=consent,
        by=by,
    )
