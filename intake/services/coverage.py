"""Who pays, and that somebody has checked it."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import audit
from core.errors import DomainError
from episodes import services as episodes
from episodes.models import EpisodeStep
from intake.models import Coverage
from patients.models import Patient

SELF_PAY = "Self-pay"


@transaction.atomic
def save_coverage(*, coverage: Coverage, by: User, expected_version: int | None = None) -> Coverage:
    """Add or change a coverage. Self-pay needs no check: with it the step "coverage checked" is reached.

    A changed payer or member number has to be checked again.
    Raises DomainError without a payer or if it ends before it starts, core.errors.Conflict.
    """
    if coverage.is_self_pay:
        coverage.payer_name, coverage.member_id, coverage.group_number = SELF_PAY, "", ""
        coverage.status = Coverage.Status.ACTIVE
    elif not coverage.payer_name.strip():
        raise DomainError("Say who pays, or tick self-pay.", field="payer_name")
    if coverage.starts_on and coverage.ends_on and coverage.ends_on < coverage.starts_on:
        raise DomainError("The coverage ends before it starts.", field="ends_on")
    if coverage.pk:
        _uncheck_if_changed(coverage)
    audit.save(coverage, by=by, expected_version=expected_version)
    if coverage.is_self_pay:
        _reach_checked(coverage.patient, by)
    return coverage


@transaction.atomic
def check_coverage(
    *, coverage: Coverage, via: str, note: str, authorised_until: date | None, is_active: bool, by: User
) -> Coverage:
    """Log a check by telephone, in the payer's portal or from the card, and what the payer said.

    Not active ends the coverage here and does not reach the step. Raises DomainError for an authorization that
    has ended, or a check of a card that says "authorized".
    """
    row = Coverage.objects.select_for_update(no_key=True).get(pk=coverage.pk)
    if authorised_until and via == Coverage.CheckedVia.CARD:
        raise DomainError("A card tells nothing about an authorization: call, or look into the portal.", field="via")
    if is_active and authorised_until and authorised_until < timezone.localdate():
        raise DomainError("That authorization has ended already.", field="authorised_until")
    row.checked_at, row.checked_via, row.checked_by = timezone.now(), via, by
    row.check_note, row.authorised_until = note, authorised_until
    row.status = Coverage.Status.ACTIVE if is_active else Coverage.Status.CANCELLED
    audit.save(row, by=by)
    if is_active:
        _reach_checked(row.patient, by)
    return row


def _uncheck_if_changed(coverage: Coverage) -> None:
    held = Coverage.objects.select_for_update(no_key=True).get(pk=coverage.pk)
    changed = (held.payer_name, held.member_id) != (coverage.payer_name, coverage.member_id)
    if changed and not coverage.is_self_pay:
        coverage.status, coverage.checked_at, coverage.checked_via = Coverage.Status.DRAFT, None, ""


def _reach_checked(patient: Patient, by: User) -> None:
    episode = episodes.open_episode_of(patient)
    episodes.reach_step(episode=episode, kind=EpisodeStep.Kind.COVERAGE_CHECKED, by=by)
