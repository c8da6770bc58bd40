"""Referrals, coverage, interviews, screenings, levels of care."""

from intake.models.coverage import Coverage
from intake.models.interviews import IntakeInterview, SubstanceUse
from intake.models.referrals import Referral, ReferralCall
from intake.models.screening import LevelOfCareDetermination, Screening

__all__ = [
    "Coverage",
    "IntakeInterview",
    "LevelOfCareDetermination",
    "Referral",
    "ReferralCall",
    "Screening",
    "SubstanceUse",
]
