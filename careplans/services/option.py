"""Treatment options in preparation."""

from django.db import transaction

from accounts.models import User
from careplans.models import Assessment, TreatmentOption
from careplans.selectors.option import MOST, OPEN
from core import audit
from core.errors import DomainError, explain
from episodes import services as episodes

FINAL = "This option has been accepted and signed: it can no longer be changed."


@transaction.atomic
def save_option(
    *, option: TreatmentOption, assessment: Assessment, by: User, expected_version: int | None = None
) -> TreatmentOption:
    """Keep an option as its form says, new or changed; it belongs to the packet and its episode.

    Raises DomainError if it has been accepted or taken back, if four are on offer already, if somebody else's
    packet is meant, or if the covered part is more than the cost; core.errors.Conflict.
    """
    _require_sent(assessment)
    if option.pk:
        _require_open(option)
    else:
        _require_room(assessment, option)
    with explain(
        option_covered_within_cost="The covered part cannot be more than the cost.",
        option_has_an_instalment="There is one payment at least.",
        option_accepted_is_final=FINAL,
    ):
        audit.save(option, by=by, expected_version=expected_version)
    _begin(assessment, by)
    return option


def _require_sent(assessment: Assessment) -> None:
    if assessment.status != Assessment.Status.COMPLETED:
        raise DomainError("Options are built from a packet that has been sent.", code="assessment.draft")


def _require_open(option: TreatmentOption) -> TreatmentOption:
    kept = TreatmentOption.objects.select_for_update(no_key=True).get(pk=option.pk)
    if kept.is_final:
        raise DomainError(FINAL, code="option_accepted_is_final")
    if kept.status not in OPEN:
        raise DomainError("This option is no longer on offer. Build a new one.", code="option.closed")
    return kept


def _require_room(assessment: Assessment, option: TreatmentOption) -> None:
    episode = episodes.open_episode_of(assessment.patient)
    if episode.treatment_options.filter(status=TreatmentOption.Status.ACCEPTED).exists():
        raise DomainError("An option has been accepted in this episode already.", code="option.accepted")
    held = list(episode.treatment_options.filter(status__in=OPEN))
    if len(held) >= MOST:
        raise DomainError(f"{MOST} options are enough for one talk. Take one back first.", code="option.many")
    option.patient, option.episode, option.assessment = assessment.patient, episode, assessment
    option.position = max((row.position for row in held), default=0) + 1


def _begin(assessment: Assessment, by: User) -> None:
    """Building options answers the request that came with the packet."""
    episodes.close_tasks_about(focus=assessment, by=by, kind="packet-arrived", outcome="Options are being built")


@transaction.atomic
def withdraw_option(*, option: TreatmentOption, by: User) -> TreatmentOption:
    """Take an option back; its row stays. Raises DomainError if it has been accepted or answered."""
    option = _require_open(option)
    option.status = TreatmentOption.Status.WITHDRAWN
    return audit.save(option, by=by)
