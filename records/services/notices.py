"""The notice of privacy practices is given at admission (42 CFR 2.22, 45 CFR 164.520)."""

from django.db import transaction

from accounts.models import Facility, User
from core import audit
from core.errors import DomainError
from episodes import services as episodes
from episodes.models import EpisodeStep
from patients.models import Patient
from records.choices import Signed
from records.digests import digest_of
from records.models import Document, Notice, NoticeVersion, Signature
from records.selectors.wording import notice_in_use
from records.services.documents import create_document
from records.services.signing import sign_as_given

Outcome = Notice.Outcome


@transaction.atomic
def give_notice(
    *,
    patient: Patient,
    facility: Facility,
    language: str,
    outcome: str,
    shown: str = "",
    signed: Signed | None = None,
    reason: str = "",
    by: User,
) -> Notice:
    """Record that the notice in use was given: acknowledged with a signature, or why it was not.

    An acknowledgement is signed under the words that were `shown` (their digest) and kept as a paper. The step
    "notice given" is reached either way: the law asks for the notice and for a good-faith effort to have it signed.
    Raises DomainError without a notice in use, if another was shown, and without signature or reason.
    """
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    version = notice_in_use(facility, language)
    if version is None:
        raise DomainError(
            "The facility has no notice in use; the privacy officer puts one into use.", code="notice.none"
        )
    notice = Notice(patient=patient, facility=facility, notice_version=version, given_by=by, outcome=outcome)
    if outcome == Outcome.ACKNOWLEDGED:
        notice.signature = _acknowledge(patient, facility, version, shown, signed, by)
    elif not reason.strip():
        raise DomainError("Say why it was not signed.", code="notice.reason", field="reason")
    else:
        notice.reason = reason.strip()
    audit.save(notice, by=by)
    episode = patient.episodes.open().select_for_update(no_key=True).first()
    if episode:
        episodes.reach_step(episode=episode, kind=EpisodeStep.Kind.NOTICE_GIVEN, by=by)
    return notice


def _acknowledge(
    patient: Patient, facility: Facility, version: NoticeVersion, shown: str, signed: Signed | None, by: User
) -> Signature:
    if shown != digest_of(version.text):
        raise DomainError("The notice has a new version. Give this one.", code="notice.changed")
    document = create_document(
        patient=patient,
        facility=facility,
        kind=Document.Kind.NOTICE,
        title=f"Notice of privacy practices, version {version.number}",
        text=version.text,
        by=by,
    )
    return sign_as_given(document=document, signed=signed or Signed(name=""), witness=by, by=by)
