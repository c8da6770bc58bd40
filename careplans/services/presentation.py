"""Options put before the person, and the answer."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from careplans import papers
from careplans.models import PlanPresentation, TreatmentOption
from careplans.selectors.option import FEWEST, MOST, can_be_presented, digest, offered
from core import audit
from core.errors import DomainError, explain
from episodes import services as episodes
from episodes.models import EpisodeOfCare, EpisodeStep
from patients.models import Patient
from records import services as records
from records.models import Document, Signature

DECIDE_WITHIN = timedelta(days=3)
BOOK_WITHIN = timedelta(hours=24)

Status = TreatmentOption.Status


@transaction.atomic
def start_presentation(*, patient: Patient, by: User) -> PlanPresentation:
    """Freeze what is shown in a digest and mark the options as presented; again, if there is no answer yet.

    Raises DomainError unless two to four options are on offer, or when one has been accepted.
    """
    episode = episodes.open_episode_of(patient)
    if episode.treatment_options.filter(status=Status.ACCEPTED).exists():
        raise DomainError("An option has been accepted already.", code="option.accepted")
    options = _locked_offer(episode)
    if not can_be_presented(options):
        raise DomainError(f"Prepare {FEWEST} to {MOST} options; “no treatment now” counts.", code="option.count")
    presentation = episode.presentations.filter(decided_at__isnull=True).first()
    presentation = presentation or PlanPresentation(patient=patient, episode=episode, facility=episode.facility)
    presentation.presented_at, presentation.presented_by = timezone.now(), by
    presentation.options_sha256 = digest(options)
    audit.save(presentation, by=by)
    _set_status(options, Status.PRESENTED, by)
    episodes.reach_step(episode=episode, kind=EpisodeStep.Kind.OPTIONS_PRESENTED, by=by)
    due_at = presentation.presented_at + DECIDE_WITHIN
    episodes.set_next_step(episode=episode, next_step="The person's decision", due_at=due_at, by=by)
    return presentation


@transaction.atomic
def accept_option(
    *,
    presentation: PlanPresentation,
    option: TreatmentOption,
    signer_name: str,
    by: User,
    signer_role: str = Signature.SignerRole.PATIENT,
    teach_back: str = "",
) -> PlanPresentation:
    """Accept one option with a signature; `by` is the witness. The others are withdrawn.

    The exact text of the options becomes a Document, which is what is signed (E-SIGN); from then on nothing about
    the accepted option changes. Raises DomainError if the answer has been given, if the option is not on offer,
    or if anything has been changed since it was shown.
    """
    presentation = _undecided(presentation)
    options = _locked_offer(presentation.episode)
    chosen = _on_offer(option, options)
    _require_unchanged(presentation, options)
    document = _document(presentation, chosen, options, by)
    signature = records.sign_document(
        document=document,
        signer_name=signer_name,
        signer_role=signer_role,
        method=Signature.Method.TYPED,
        witness=by,
        by=by,
    )
    with explain(option_one_accepted="Another option was accepted in the meantime."):
        _set_status([chosen], Status.ACCEPTED, by)
    _set_status([row for row in options if row.pk != chosen.pk], Status.WITHDRAWN, by)
    presentation.accepted, presentation.decided_at = chosen, timezone.now()
    presentation.document, presentation.signature = document, signature
    presentation.teach_back = teach_back or presentation.teach_back
    audit.save(presentation, by=by)
    _book_next(presentation, by)
    return presentation


def _book_next(presentation: PlanPresentation, by: User) -> None:
    episode = presentation.episode
    episodes.reach_step(episode=episode, kind=EpisodeStep.Kind.OPTION_ACCEPTED, by=by)
    due_at = timezone.now() + BOOK_WITHIN
    episodes.set_next_step(episode=episode, next_step="Book the physician's visit", due_at=due_at, by=by)
    episodes.close_tasks_about(focus=presentation, by=by, outcome="Accepted")


@transaction.atomic
def decline_option(*, presentation: PlanPresentation, option: TreatmentOption, reason: str, by: User) -> bool:
    """The person says no to one option, with the reason. True if that was the last one on offer.

    Raises DomainError without a reason, or if the answer has been given meanwhile.
    """
    presentation = _undecided(presentation)
    chosen = _on_offer(option, _locked_offer(presentation.episode))
    _decline([chosen], _said(reason), by)
    rest = list(offered(presentation.episode))
    if rest:
        presentation.options_sha256 = _digest_without(presentation, chosen, rest)
        audit.save(presentation, by=by)
        return False
    _close_declined(presentation, by)
    return True


def _digest_without(presentation: PlanPresentation, gone: TreatmentOption, rest: list[TreatmentOption]) -> str:
    """The digest of what is left, if all was as shown until now; else the old one, which asks to present again."""
    before = sorted([gone, *rest], key=lambda row: (row.position, row.pk))
    return digest(rest) if digest(before) == presentation.options_sha256 else presentation.options_sha256


@transaction.atomic
def decline_all(*, presentation: PlanPresentation, reason: str, by: User) -> PlanPresentation:
    """The person wants none of the options, with the reason. Raises DomainError without one, or if answered."""
    presentation = _undecided(presentation)
    _decline(_locked_offer(presentation.episode), _said(reason), by)
    return _close_declined(presentation, by)


@transaction.atomic
def keep_thinking(*, presentation: PlanPresentation, teach_back: str, by: User) -> PlanPresentation:
    """The person wants time: keep what was said, and ask the treatment desk to come back to it in three days."""
    presentation = _undecided(presentation)
    presentation.teach_back = teach_back or presentation.teach_back
    audit.save(presentation, by=by)
    episodes.ask(
        facility=presentation.facility,
        patient=presentation.patient,
        kind="decision-awaited",
        text="Ask what the person has decided",
        owner_role=Role.TREATMENT,
        due_at=timezone.now() + DECIDE_WITHIN,
        focus=presentation,
        by=by,
    )
    return presentation


def _undecided(presentation: PlanPresentation) -> PlanPresentation:
    row = PlanPresentation.objects.select_for_update(no_key=True).get(pk=presentation.pk)
    if row.decided_at:
        raise DomainError("The answer to these options has been given already.", code="presentation.decided")
    return row


def _locked_offer(episode: EpisodeOfCare) -> list[TreatmentOption]:
    return list(offered(episode).select_for_update(no_key=True, of=("self",)))


def _on_offer(option: TreatmentOption, options: list[TreatmentOption]) -> TreatmentOption:
    found = next((row for row in options if row.pk == option.pk), None)
    if found is None:
        raise DomainError("This option is no longer on offer.", code="option.closed", field="option")
    return found


def _require_unchanged(presentation: PlanPresentation, options: list[TreatmentOption]) -> None:
    if digest(options) != presentation.options_sha256:
        raise DomainError(
            "The options have been changed since they were shown. Present them again before one is signed.",
            code="presentation.changed",
        )


def _document(
    presentation: PlanPresentation, chosen: TreatmentOption, options: list[TreatmentOption], by: User
) -> Document:
    return records.create_document(
        patient=presentation.patient,
        facility=presentation.facility,
        kind=Document.Kind.ACCEPTANCE,
        title="Accepted treatment option",
        text=papers.acceptance_text(presentation.patient, chosen, options),
        by=by,
    )


def _said(reason: str) -> str:
    if not reason.strip():
        raise DomainError("Write down the reason, in the person's words.", field="reason")
    return reason.strip()


def _decline(options: list[TreatmentOption], reason: str, by: User) -> None:
    for option in options:
        option.decline_reason = reason
    _set_status(options, Status.DECLINED, by)


def _set_status(options: list[TreatmentOption], status: str, by: User) -> None:
    for option in options:
        option.status = status
        audit.save(option, by=by)


def _close_declined(presentation: PlanPresentation, by: User) -> PlanPresentation:
    presentation.decided_at = presentation.declined_all_at = timezone.now()
    audit.save(presentation, by=by)
    due_at = timezone.now() + DECIDE_WITHIN
    episodes.set_next_step(
        episode=presentation.episode, next_step="Find another way with the person", due_at=due_at, by=by
    )
    episodes.close_tasks_about(focus=presentation, by=by, outcome="Declined")
    return presentation
