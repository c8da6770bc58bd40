"""What a patient chooses about a consent, and how somebody signs: values, before anything is written."""

import re
from dataclasses import dataclass
from datetime import date

from records.models import ConsentCategory, Signature
from staff.models import PartnerOrganization

# The strokes of a pen as the signature pad sends them: M and L with whole numbers, nothing else.
PATH = re.compile(r"(?:M\d{1,4} \d{1,4}(?: L\d{1,4} \d{1,4})*)(?: M\d{1,4} \d{1,4}(?: L\d{1,4} \d{1,4})*)*")
LONGEST_PATH = 40_000
FEWEST_LINES = 3


@dataclass(frozen=True)
class Named:
    """Who may receive; `kind` is one of ConsentRecipient.Kind. Of an intermediary, `address` says for whom it acts."""

    kind: str
    name: str
    address: str = ""
    partner: PartnerOrganization | None = None


@dataclass(frozen=True)
class Choices:
    """Everything a patient decides on a consent; what is empty was not decided yet."""

    category: str = ConsentCategory.DISCLOSURE
    language: str = "en"
    discloser: str = ""
    data_classes: tuple[str, ...] = ()
    description: str = ""
    covers_from: date | None = None
    covers_until: date | None = None
    purposes: tuple[str, ...] = ()
    purpose_words: str = ""
    expiry: str = ""
    expires_on: date | None = None
    expiry_event: str = ""
    ends_with_care: bool = False
    recipients: tuple[Named, ...] = ()


@dataclass(frozen=True)
class Signed:
    """A signature as given: the name in full, by whom, by what right, typed or drawn."""

    name: str
    role: str = Signature.SignerRole.PATIENT
    basis: str = ""
    method: str = Signature.Method.TYPED
    drawing: str = ""


def is_drawing(path: str) -> bool:
    """Whether it is the path of a pen and of nothing else, long enough to be more than a slip."""
    return len(path) <= LONGEST_PATH and path.count("L") >= FEWEST_LINES and PATH.fullmatch(path) is not None
