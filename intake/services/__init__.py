"""What changes an intake, from the first call to the packet in the next desk's hands."""

from intake.services.coverage import check_coverage, save_coverage
from intake.services.demographics import Contact, save_demographics
from intake.services.handover import hand_over
from intake.services.interview import save_interview
from intake.services.level import decide_level, recommended_level
from intake.services.referrals import accept_referral, decline_referral, log_call, receive_referral
from intake.services.screening import record_screening

__all__ = [
    "Contact",
    "accept_referral",
    "check_coverage",
    "decide_level",
    "decline_referral",
    "hand_over",
    "log_call",
    "receive_referral",
    "recommended_level",
    "record_screening",
    "save_coverage",
    "save_demographics",
    "save_interview",
]
