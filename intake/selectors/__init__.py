"""What the pages of an intake, and the desks, show."""

from intake.access import accepted_handover, current_episode, lock_reason
from intake.selectors.coverage import coverage_attention, coverage_of, coverages_of
from intake.selectors.demographics import demographics_of
from intake.selectors.interview import interview_of, substances_of
from intake.selectors.packet import Packet, handover_people, latest_determination, open_handoff, packet_of, packet_text
from intake.selectors.progress import Step, checklist, incomplete_intakes, missing_parts, to_read
from intake.selectors.referrals import (
    calls_of,
    candidate_rows,
    decided_rows,
    referral_of,
    telephone_numbers,
    waiting_page,
    waiting_referrals,
)
from intake.selectors.screening import instrument_cards, screening_items, screening_of, screening_rows, tone_of

__all__ = [
    "Packet",
    "Step",
    "accepted_handover",
    "calls_of",
    "candidate_rows",
    "checklist",
    "coverage_attention",
    "coverage_of",
    "coverages_of",
    "current_episode",
    "decided_rows",
    "demographics_of",
    "handover_people",
    "incomplete_intakes",
    "instrument_cards",
    "interview_of",
    "latest_determination",
    "lock_reason",
    "missing_parts",
    "to_read",
    "open_handoff",
    "packet_of",
    "packet_text",
    "referral_of",
    "screening_items",
    "screening_of",
    "screening_rows",
    "substances_of",
    "telephone_numbers",
    "tone_of",
    "waiting_page",
    "waiting_referrals",
]
