"""The words that no message may say, built from the database and from the trade."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from accounts.models import Facility
from core.text import search_key
from episodes.models import LevelOfCare
from scheduling.models import AppointmentType
from staff.models import Practitioner

# Words of the trade, English and Spanish, as the beginnings of words in search-key form.
TRADE = tuple(
    "addict adicc alcohol behavioral buprenorph cannabis clinic cocain conduct consejer counsel detox diagn "
    "disorder doctor dosis droga drug enfermer fentan heroin hospital inpatient intake ketamin medicaid medicar "
    "medicin medico mental metadon methadon methamphet naloxon naltrexon narcan nurse opioid outpatient overdose "
    "pacient patient physician program psicolog psiquiatr psychiatr psycholog recover recovery recuperac rehab "
    "relaps smart sober sobredosis sobrie suboxon substanc sustanc terap therap trastorn tratamient treatment "
    "vivitrol withdrawal "
    .split()
)  # fmt: skip


class TellingWords(Exception):
    """The message would say more than it may. Carries no text, so that it can be logged."""


@dataclass(frozen=True)
class Wordlist:
    """What a facility's messages must not say: phrases, family names, and the facility's own name. All are keys."""

    phrases: frozenset[str] = frozenset()
    surnames: frozenset[str] = frozenset()
    facility: frozenset[str] = frozenset()

    @cached_property
    def by_first_word(self) -> dict[str, list[str]]:
        """Everything listed, under the word it begins with: a message is looked up by its own words."""
        found: dict[str, list[str]] = {}
        for phrase in self.phrases | self.surnames | self.facility:
            found.setdefault(phrase.split()[0], []).append(phrase)
        return found


def wordlist(facility: Facility) -> Wordlist:
    """Read the telling names of a facility from the database, as they are now."""
    practitioners = list(Practitioner.objects.values_list("given_name", "family_name", "specialty"))
    phrases = list(AppointmentType.objects.values_list("name", flat=True))
    phrases += LevelOfCare.objects.values_list("label", flat=True)
    phrases += [f"{given} {family}" for given, family, _ in practitioners if given]
    phrases += [specialty for _, _, specialty in practitioners]
    phrases += Facility.objects.exclude(pk=facility.pk).values_list("name", flat=True)
    return Wordlist(
        phrases=_keys(phrases),
        surnames=_keys(family for _, family, _ in practitioners),
        facility=_keys([facility.name]),
    )


def telling_words(key: str, words: Wordlist, *, may_name_facility: bool, harmless: frozenset[str]) -> list[str]:
    """The telling words in a text's key, sorted. `harmless` are words that the house or the patient chose to have.

    What is made of harmless words alone tells nothing: a clinician whose family name is a word of every message
    (May, Day) is passed over.
    """
    allowed = words.facility if may_name_facility else frozenset()
    key = _without(key, allowed)
    whole, said = f" {key} ", set(key.split())
    listed = (phrase for first in words.by_first_word.keys() & said for phrase in words.by_first_word[first])
    found = {phrase for phrase in listed if f" {phrase} " in whole and not set(phrase.split()) <= harmless}
    return sorted(found - allowed | set(filter(_of_trade, said)))


@lru_cache(maxsize=4096)
def _of_trade(word: str) -> bool:
    return word.startswith(TRADE)


def _keys(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(key for key in map(search_key, texts) if key)


def _without(key: str, phrases: Iterable[str]) -> str:
    spaced = f" {key} "
    for phrase in phrases:
        spaced = spaced.replace(f" {phrase} ", " ")
    return spaced.strip()
