"""Text as typed, and the keys it is found by."""

import re
import unicodedata

_FOLDS = str.maketrans({"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"})


def search_key(text: str) -> str:
    """Lower case, without accents and punctuation, single spaces: what people type for a name."""
    decomposed = unicodedata.normalize("NFKD", text.replace("\u00b4", "'"))
    folded = unicodedata.normalize("NFKD", decomposed.casefold().translate(_FOLDS))
    letters = "".join(c for c in folded if not unicodedata.combining(c))
    letters = re.sub(r"['\u2019`-]", "", letters)
    return " ".join(re.sub(r"[^\w]+", " ", letters).split())


def digits(text: str) -> str:
    """Only the decimal digits, as ASCII: how a telephone number is compared."""
    return "".join(str(unicodedata.digit(c)) for c in text if c.isdigit() and unicodedata.digit(c, None) is not None)


def printable(text: str) -> str:
    """Without what no paper can show: control characters but line break and tab, and halves of characters."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs", "Cn"})
