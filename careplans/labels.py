"""Words of the care plan that stand in choices, as the patient's paper says them in the active language."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from careplans.models import Intervention

# Named here so that they are collected for translation: the choices themselves are the house's, and stay English.
WORDS = (
    gettext_noop("Draft"), gettext_noop("Active"), gettext_noop("On hold"), gettext_noop("Revoked"),
    gettext_noop("Completed"), gettext_noop("Sent"), gettext_noop("In progress"), gettext_noop("Improving"),
    gettext_noop("Worsening"), gettext_noop("No change"), gettext_noop("Achieved"), gettext_noop("Sustaining"),
    gettext_noop("Not achieved"), gettext_noop("Open"), gettext_noop("Met"), gettext_noop("Dropped"),
    gettext_noop("Individual counseling"), gettext_noop("Group counseling"), gettext_noop("Medication visit"),
    gettext_noop("Art therapy"), gettext_noop("Music therapy"), gettext_noop("Exercise therapy"),
    gettext_noop("Life skills"), gettext_noop("Peer support"), gettext_noop("Case coordination"),
    gettext_noop("Other"), gettext_noop("Clinical coordinator"), gettext_noop("Intake coordinator"),
    gettext_noop("Patient care coordinator"), gettext_noop("Treatment coordinator"),
    gettext_noop("Therapeutic activities coordinator"), gettext_noop("Physician services coordinator"),
    gettext_noop("Health information clerk"), gettext_noop("Clinician"), gettext_noop("Privacy officer"),
)  # fmt: skip


def word(label: str) -> str:
    """A label of a choice in the active language, as it is where we have no word for it."""
    return _(label) if label else ""


def dose_words(row: Intervention) -> str:
    """`2 times a week`; nothing when no dose is planned."""
    times = row.times_per_week
    if not times:
        return ""
    if times == Decimal("0.5"):
        return _("every second week")
    shown = f"{times.normalize():f}"
    return ngettext("once a week", "%(times)s times a week", 1 if times == 1 else 2) % {"times": shown}
