"""What may leave the house, decided from the rows as they are now. Asks everything, writes nothing."""

from collections.abc import Callable

from django.db.models import QuerySet

from accounts.roles import DataClass
from patients.models import Restriction
from patients.selectors.restrictions import active_restrictions
from records.disclosing import Decision, Question, Recipient
from records.models import Basis, Consent, ConsentCategory, ConsentRecipient, Purpose
from records.selectors.channel import channel_consent
from records.selectors.consents import EXPIRED, REVOKED, UNSIGNED, why_not_in_force

Kind, Category = ConsentRecipient.Kind, ConsentCategory
# "My treating providers, health plans, third-party payers and those who help run this program."
CLASS_MEANS = {Kind.PROVIDER, Kind.PAYER}
WHO_AND_WHERE = {DataClass.IDENTITY, DataClass.CONTACT}


def decide(question: Question, *, lock: bool = False) -> Decision:
    """Whether it may leave. With `lock`, the consents stay as they are until the transaction ends."""
    if question.is_to_patient:
        return _to_patient(question)
    if question.is_message:
        return Decision("channel.unprotected")
    if question.basis != Basis.CONSENT:
        return Decision(_exception(question))
    decision = _by_consent(question, lock=lock)
    return Decision("restriction.active", decision.consent) if decision.allowed and restricts(question) else decision


def restricts(question: Question) -> bool:
    """Whether an agreed restriction stands against it (42 CFR 2.26, 45 CFR 164.522(a))."""
    return any(_forbids(row, question) for row in active_restrictions(question.patient, question.facility))


def is_deficient(consent: Consent) -> bool:
    """Whether it names nobody, or what was signed is not what stands there: 2.31(a) is then not fulfilled."""
    signature = consent.signature
    return signature is None or not signature.is_intact or not consent.recipients.all()


def _to_patient(question: Question) -> Decision:
    """164.522(b): the way the person agreed to, read at the moment of use; nothing else is asked."""
    if question.is_message and channel_consent(question.patient, question.facility) is None:
        return Decision("channel.consent")
    return Decision()


def _exception(question: Question) -> str:
    """What each named exception needs besides its name. Counseling notes leave by none of them."""
    if question.has_notes:
        return "consent.notes_combined"
    if question.basis == Basis.COURT_ORDER:
        return "" if _has_order(question) else "consent.legal_proceeding"
    if question.is_legal:
        return "consent.legal_proceeding"
    if not NEEDS[Basis(question.basis)](question):
        return "basis.deficient"
    # 164.522(a)(2)(v): a restriction does not bind in an emergency or where the law requires or permits the rest.
    return "restriction.active" if question.basis == Basis.SERVICE and restricts(question) else ""


def _has_order(question: Question) -> bool:
    """2.61 ff.: order and subpoena both on file, and the privacy officer's approval."""
    release = question.release
    return bool(release and release.court_order_id and release.subpoena_id and release.approved_at)


def _is_emergency(question: Question) -> bool:
    """2.51: medical personnel, so somebody with an affiliation, told because of an emergency that has a nature."""
    purpose = question.purpose == Purpose.TREATMENT
    return bool(purpose and question.emergency.strip() and question.recipient.affiliation.strip())


def _names_authority(question: Question) -> bool:
    return bool(question.authority.strip())


def _is_first_report(question: Question) -> bool:
    """2.12(c)(5), (6): who and where, and the words of the report; the record itself stays here."""
    return _names_authority(question) and question.data_classes <= WHO_AND_WHERE


def _names_nobody(question: Question) -> bool:
    return _names_authority(question) and not question.data_classes & WHO_AND_WHERE


NEEDS: dict[Basis, Callable[[Question], bool]] = {
    Basis.MEDICAL_EMERGENCY: _is_emergency,
    Basis.AUDIT: _names_authority,
    Basis.RESEARCH: _names_authority,
    Basis.CHILD_ABUSE: _is_first_report,
    Basis.CRIME: _is_first_report,
    Basis.SERVICE: _names_authority,
    Basis.PUBLIC_HEALTH: _names_nobody,
}


def _by_consent(question: Question, *, lock: bool) -> Decision:
    """The consent that covers it; else the reason of the one that comes nearest."""
    if question.has_notes and len(question.data_classes) > 1:
        return Decision("consent.notes_combined")
    asked = list(_consents(question, lock=lock))
    fitting = [consent for consent in asked if consent.category in _categories(question)]
    if not fitting:
        return Decision(_of_another_kind(question, asked))
    found = [(_failures(consent, question), consent) for consent in fitting]
    failures, consent = min(found, key=lambda pair: len(pair[0]))
    return Decision(failures[0] if failures else "", consent)


def _consents(question: Question, *, lock: bool) -> QuerySet[Consent]:
    """The newest first. A declined or mistaken one is none."""
    none = (Consent.Status.REJECTED, Consent.Status.ENTERED_IN_ERROR)
    rows = Consent.objects.filter(patient__in=question.patient.same_person, facility=question.facility)
    rows = rows.exclude(status__in=none)
    if question.consent:
        rows = rows.filter(pk=question.consent.pk)
    rows = rows.select_related("facility", "signature__document", "document").prefetch_related("recipients")
    return rows.select_for_update(of=["self"], no_key=True).order_by("-pk") if lock else rows.order_by("-pk")


def _categories(question: Question) -> set[str]:
    """2.31(b), (d): counseling notes and legal proceedings go by a consent of their own kind."""
    if question.has_notes:
        return {Category.COUNSELING_NOTES}
    if question.is_legal:
        return {Category.LEGAL}
    return {Category.TPO, Category.DISCLOSURE} if question.is_tpo else {Category.DISCLOSURE}


def _of_another_kind(question: Question, asked: list[Consent]) -> str:
    if question.is_legal:
        return "consent.legal_proceeding"
    if not asked:
        return "consent.missing"
    if question.has_notes:
        return "consent.notes_combined"
    kinds = {consent.category for consent in asked}
    return "consent.purpose" if Category.TPO in kinds else "consent.missing"


def _failures(consent: Consent, question: Question) -> list[str]:
    """Why this consent does not cover it, the gravest first."""
    ended = why_not_in_force(consent)
    checks = {
        "consent.revoked": ended == REVOKED,
        "consent.expired": ended == EXPIRED,
        "consent.deficient": ended == UNSIGNED or is_deficient(consent),
        "consent.recipient": not any(_means(row, question) for row in consent.recipients.all()),
        "consent.purpose": question.purpose not in consent.purposes,
        "consent.scope": not _covers(consent, question),
    }
    return [code for code, fails in checks.items() if fails]


def _means(row: ConsentRecipient, question: Question) -> bool:
    if row.kind == Kind.CLASS:
        return question.is_tpo and question.recipient.kind in CLASS_MEANS
    return question.recipient.is_named_by(row.name, row.partner_id)


def _covers(consent: Consent, question: Question) -> bool:
    """The kinds of record, and the days: without days in the question, all days are meant."""
    if not question.data_classes <= set(consent.data_classes):
        return False
    first, last = consent.covers_from, consent.covers_until
    begins = first is None or (question.covers_from is not None and question.covers_from >= first)
    return begins and (last is None or (question.covers_until is not None and question.covers_until <= last))


def _forbids(row: Restriction, question: Question) -> bool:
    if row.kind == Restriction.Kind.HEALTH_PLAN and not _is_for_plan(question):
        return False
    if row.data_classes and not question.data_classes & set(row.data_classes):
        return False
    names_nobody = not row.recipient_name and row.partner_id is None
    return names_nobody or _is_meant(question.recipient, row)


def _is_for_plan(question: Question) -> bool:
    """164.522(a)(1)(vi): to a health plan, for payment or operations."""
    return question.recipient.kind == Kind.PAYER and question.purpose in (Purpose.PAYMENT, Purpose.OPERATIONS)


def _is_meant(recipient: Recipient, row: Restriction) -> bool:
    return recipient.is_named_by(row.recipient_name, row.partner_id)
