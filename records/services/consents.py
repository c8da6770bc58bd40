"""Consents to disclose (42 CFR 2.31): composed, signed or declined, taken back."""

from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from accounts.models import Facility, User
from core import audit
from core.errors import DomainError, explain
from episodes import services as episodes
from episodes.models import EpisodeStep
from patients.models import Patient
from records.choices import Choices, Signed
from records.digests import digest_of
from records.models import Consent, ConsentCategory, ConsentForm, ConsentRecipient, Document
from records.selectors.consents import choices_of, earlier_of_kind
from records.selectors.wording import form_in_use
from records.services.consenttext import consent_text
from records.services.documents import create_document, supersede
from records.services.elements import missing_elements, require_apart
from records.services.signing import require_signed, sign_as_given
from records.words import CARE_ENDS, information_words

Status = Consent.Status
REPLACED = "replaced"
NOT_A_DRAFT = "This consent is no longer a draft; look at it again."
APART = {
    "consent_notes_not_combined": "SUD counseling notes need a consent of their own.",
    "consent_notes_have_their_own": "SUD counseling notes need a consent of their own.",
    "consent_legal_not_combined": "A legal proceeding needs a consent of its own.",
    "consent_legal_has_its_own": "A legal proceeding needs a consent of its own.",
    "consent_recipient_once": "The same recipient stands there twice.",
}


@transaction.atomic
def begin_consent(*, patient: Patient, facility: Facility, choices: Choices, by: User) -> Consent:
    """Keep what was chosen so far as a draft, which permits nothing.

    Raises DomainError for what may not be combined.
    """
    consent = Consent(patient=patient, facility=facility, category=choices.category, author=by)
    return _write(consent, choices, by)


@transaction.atomic
def save_draft(*, consent: Consent, choices: Choices, by: User, expected_version: int | None = None) -> Consent:
    """Write the choices anew into a draft; a link to sign it that is out shows the new words.

    Raises DomainError for what may not be combined, or if it is no draft any more; core.errors.Conflict if somebody
    saved it since that version.
    """
    consent = locked_draft(consent)
    return _write(consent, replace(choices, category=consent.category), by, expected_version)


@transaction.atomic
def sign_consent(
    *, consent: Consent, shown: str, signed: Signed, by: User | None, witness: User | None = None, reason: str = ""
) -> Consent:
    """Keep the words with the signature under them; from now on the consent permits what it says.

    `shown` is the digest of the words the signer saw. `by` None is the patient by a single-use link. A new consent
    to treatment, payment and operations takes the place of the one before, and says so. The step "consented" is
    reached by that kind.
    Raises DomainError with the code `consent.deficient` while an element of 2.31(a) is missing, `consent.changed`
    if other words were shown, and for what the signature lacks.
    """
    consent = locked_draft(consent)
    form, choices = form_in_use(consent.facility, consent.category, consent.language), choices_of(consent)
    require_complete(consent.patient, consent.facility, form, choices)
    require_signed(signed)
    earlier = _to_replace(consent)
    text = words_of(consent)
    if shown != digest_of(text):
        raise DomainError("The words have changed. Read them together, then sign.", code="consent.changed")
    author = by or consent.author
    if author is None:
        raise ValueError("A paper needs its author.")
    title = form.title if form else ""
    document = create_document(
        patient=consent.patient,
        facility=consent.facility,
        kind=Document.Kind.CONSENT,
        title=title,
        text=text,
        by=author,
    )
    consent.signature = sign_as_given(document=document, signed=signed, witness=witness, by=by, reason=reason)
    consent.document, consent.form, consent.description = document, form, _in_full(choices, form)
    _activate(consent, by, reason)
    for row in earlier:
        end_consent(consent=row, writing=document, via=REPLACED, by=by, reason=reason)
    return consent


@transaction.atomic
def decline_consent(*, consent: Consent, by: User) -> Consent:
    """Record that the patient does not agree. Nothing may be given on the strength of it; care goes on."""
    consent = locked_draft(consent)
    consent.status = Status.REJECTED
    close_links(consent)
    return audit.save(consent, by=by)


@transaction.atomic
def discard_draft(*, consent: Consent, by: User) -> Consent:
    """Put a draft away as entered in error; it stays on the record and permits nothing."""
    consent = locked_draft(consent)
    consent.status = Status.ENTERED_IN_ERROR
    close_links(consent)
    return audit.save(consent, by=by)


@transaction.atomic
def record_event(*, consent: Consent, by: User) -> Consent:
    """The event upon which the consent ends has come about: it permits nothing from now on. Harmless twice.

    Raises DomainError for a consent that is not active or does not end upon an event.
    """
    consent = Consent.objects.select_for_update(no_key=True).get(pk=consent.pk)
    if consent.event_happened_at:
        return consent
    if consent.status != Status.ACTIVE or consent.expiry != Consent.Expiry.EVENT:
        raise DomainError("Only an active consent that ends upon an event can end that way.", code="consent.event")
    consent.event_happened_at, consent.status = timezone.now(), Status.INACTIVE
    return audit.save(consent, by=by, reason="event")


@transaction.atomic
def end_consent(*, consent: Consent, writing: Document, via: str, by: User | None, reason: str = "") -> Consent:
    """Take a consent back with the writing that says so (2.31(a)(6)): from this moment it permits nothing.

    What hangs on it is stopped by who knows of it: `chart.services.revocation.revoke` is the whole act, this its
    middle. Harmless on a consent that has ended.
    """
    consent = Consent.objects.select_for_update(no_key=True).get(pk=consent.pk)
    if consent.status != Status.ACTIVE:
        return consent
    consent.status, consent.revoked_at, consent.revoked_via = Status.INACTIVE, timezone.now(), via[:40]
    consent.revocation = writing
    if consent.document and via == REPLACED:
        supersede(document=consent.document, by=by or writing.author)
    return audit.save(consent, by=by, reason=reason)


def words_of(consent: Consent) -> str:
    """What stands on a draft now, as the patient reads it."""
    form = form_in_use(consent.facility, consent.category, consent.language)
    replaces = consent.category == ConsentCategory.TPO and _to_replace(consent) != []
    return consent_text(
        patient=consent.patient,
        facility=consent.facility,
        form=form,
        choices=choices_of(consent),
        replaces_earlier=replaces,
    )


def require_complete(patient: Patient, facility: Facility, form: ConsentForm | None, choices: Choices) -> None:
    """Raises DomainError `consent.deficient` that names every element missing."""
    require_apart(choices)
    if missing := missing_elements(patient=patient, facility=facility, form=form, choices=choices):
        raise DomainError("This cannot be signed yet. " + " ".join(missing), code="consent.deficient")


def locked_draft(consent: Consent) -> Consent:
    """The row as it is now, locked, and its patient before it. Raises DomainError if it is no draft any more."""
    Patient.objects.select_for_update(no_key=True).get(pk=consent.patient_id)
    row = Consent.objects.select_for_update(no_key=True, of=["self"]).select_related("facility", "author", "patient")
    found = row.get(pk=consent.pk)
    if found.status != Status.DRAFT:
        raise DomainError(NOT_A_DRAFT, code="consent.not_draft")
    return found


def close_links(consent: Consent) -> None:
    """No link to sign it works from now on."""
    consent.links.filter(used_at__isnull=True).update(expires_at=timezone.now())


def _activate(consent: Consent, by: User | None, reason: str) -> None:
    if consent.ends_with_care:
        consent.expiry_event = CARE_ENDS[consent.form.language if consent.form else "en"]
    consent.status, consent.activated_at = Status.ACTIVE, timezone.now()
    close_links(consent)
    audit.save(consent, by=by, reason=reason)
    episode = consent.patient.episodes.open().select_for_update(no_key=True).first()
    if episode and consent.category == ConsentCategory.TPO:
        episodes.reach_step(episode=episode, kind=EpisodeStep.Kind.CONSENTED, by=by, reason=reason)


def _write(consent: Consent, choices: Choices, by: User, expected_version: int | None = None) -> Consent:
    require_apart(choices)
    consent.language, consent.discloser = choices.language, choices.discloser.strip()
    consent.data_classes, consent.description = list(choices.data_classes), choices.description.strip()
    consent.covers_from, consent.covers_until = choices.covers_from, choices.covers_until
    consent.purposes, consent.purpose_words = list(choices.purposes), choices.purpose_words.strip()
    consent.expiry, consent.expires_on, consent.expiry_event = choices.expiry, choices.expires_on, choices.expiry_event
    consent.ends_with_care = choices.ends_with_care
    consent.form = form_in_use(consent.facility, consent.category, consent.language)
    with explain(**APART):
        audit.save(consent, by=by, expected_version=expected_version)
        _write_recipients(consent, choices, by)
    return consent


def _write_recipients(consent: Consent, choices: Choices, by: User) -> None:
    """Those no longer named go, with their history; those named anew come; the rest stay."""
    wanted = {(row.kind, row.name): row for row in choices.recipients}
    for there in consent.recipients.all():
        named = wanted.pop((there.kind, there.name), None)
        if named is None:
            there._history_user = by
            there.delete()
        elif (there.address, there.partner) != (named.address, named.partner):
            there.address, there.partner = named.address, named.partner
            audit.save(there, by=by)
    for named in wanted.values():
        row = ConsentRecipient(consent=consent, kind=named.kind, name=named.name)
        row.address, row.partner = named.address, named.partner
        audit.save(row, by=by)


def _to_replace(consent: Consent) -> list[Consent]:
    if consent.category != ConsentCategory.TPO:
        return []
    return list(earlier_of_kind(consent.patient, consent.facility, consent.category).exclude(pk=consent.pk))


def _in_full(choices: Choices, form: ConsentForm | None) -> str:
    """What may be disclosed, in the words that were signed."""
    language = form.language if form else choices.language
    lines = [information_words(row, language) for row in choices.data_classes]
    return "\n".join([*lines, choices.description] if choices.description else lines)
