"""Finding a person one may see, and seeing that two may be the same."""

import re
from datetime import date
from typing import NamedTuple

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Value
from django.utils import timezone
from rapidfuzz.distance import JaroWinkler

from accounts.access import scopes
from accounts.models import Facility, User
from accounts.roles import Perm, Scope
from core.text import digits, search_key
from patients import keys
from patients.access import asks_reason, related, visible_patients
from patients.models import Patient, SearchKey

LAST = "\U0010ffff"  # sorts behind every other character in collation C
SHORTEST = 2  # characters of a name below which half the facility would answer
FEWEST_DIGITS = 3  # characters of a number, for the same reason
CANDIDATES = 300  # people whose names are compared at most
ALIKE = 0.8  # of 1: below, a name is not offered as a misspelling
SURE_ENOUGH = 60  # of 100: below, two people are not offered as one

DATE_PATTERNS = (
    (r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})", "1990-05-17"),
    (r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4}|\d{2})", "5/17/1990"),
    (r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4}|\d{2})", "17.05.1990"),
    (r"(?P<m>\d{2})(?P<d>\d{2})(?P<y>\d{4}|\d{2})", "05171990 and 051790"),
    (r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})", "19900517"),
)


class Likeness(NamedTuple):
    """Somebody on the record who may be the person at hand. `score` is 0 to 100, `why` a phrase for people."""

    patient: Patient
    score: int
    why: str


def search(user: User, facility: Facility, text: str, limit: int = 20) -> list[Patient]:
    """The patients whom the person may see and who answer to the text, best first; at most two queries.

    The text is the beginning of a name (either order), a misspelt name, a birth date, the beginning or the last
    digits of a telephone number, or a record number. Each patient carries `shows_identity`: False means that the
    record number and birth date must not be shown, and then they did not find the person either.
    """
    text = " ".join(text.split())[:100]
    if any(character.isdigit() for character in text) or "@" in text:
        if len(text) < FEWEST_DIGITS:
            return []
        return _by_number(user, facility, text, limit)
    if len(search_key(text)) < SHORTEST:
        return []
    found = _by_prefix(user, facility, search_key(text), limit)
    if len(found) < limit:
        known = {patient.pk for patient in found}
        found += [row for row in _by_likeness(user, facility, search_key(text)) if row.pk not in known]
    return found[:limit]


def birth_dates(text: str) -> list[date]:
    """The dates a person may mean: ISO, US with slashes, European with dots, or digits alone."""
    found = []
    for pattern, _example in DATE_PATTERNS:
        match = re.fullmatch(pattern, text)
        day = _day(match) if match else None
        found += [day] if day and day not in found else []
    return found


def possible_duplicates(
    *,
    user: User,
    facility: Facility,
    given: str = "",
    family: str = "",
    birth_date: date | None = None,
    phone: str = "",
    limit: int = 5,
) -> list[Likeness]:
    """People of the facility who may be the one at hand, likeliest first, with the reason; one query.

    Only people whom the asking person may see, so nobody learns who is known at another facility. A birth date
    or telephone number counts only where the person may see it.
    """
    given, family = search_key(given), search_key(family)
    number = digits(phone)[-10:]
    blocks = _blocks(user, facility, given, family, birth_date, number)
    if not blocks:
        return []
    people = _visible(user, facility, Perm.NAME_VIEW).filter(blocks)
    people = people.annotate(
        same_phone=Exists(_having(keys.phones(number)[0] if number else "").filter(patient=OuterRef("pk")))
    )
    compared = [_compare(patient, given, family, birth_date, bool(number)) for patient in people[:CANDIDATES]]
    likely = sorted((row for row in compared if row.score >= SURE_ENOUGH), key=lambda row: -row.score)
    return likely[:limit]


def _visible(user: User, facility: Facility, perm: Perm) -> QuerySet[Patient]:
    """Visible patients that are nobody's duplicate, each with `shows_identity`."""
    people = visible_patients(user, perm, facility).filter(merged_into__isnull=True)
    return people.annotate(shows_identity=_holds(user, facility, Perm.IDENTITY_VIEW))


def _holds(user: User, facility: Facility, perm: Perm) -> ExpressionWrapper | Value:
    """Whether the person holds the permission for the patient of the row; a restricted chart keeps it back."""
    held = scopes(user, perm).get(facility.pk, set())
    if not held:
        return Value(False, output_field=BooleanField())
    whom = Q() if Scope.FACILITY in held else related(user, perm, facility)
    return ExpressionWrapper(~Q(asks_reason(user, facility)) & whom, output_field=BooleanField())


def _having(key: str) -> QuerySet[SearchKey]:
    return SearchKey.objects.filter(key=key) if key else SearchKey.objects.none()


def _starting(prefix: str) -> Q:
    """Keys that begin with the prefix, as a range that the index of collation C answers."""
    return Q(key__gte=prefix, key__lt=prefix + LAST)


def _by_number(user: User, facility: Facility, text: str, limit: int) -> list[Patient]:
    """By birth date, telephone number, e-mail address or record number; only where the person may see those."""
    visible = _visible(user, facility, Perm.NAME_VIEW).annotate(shows_contact=_holds(user, facility, Perm.CONTACT_VIEW))
    numbers, contacts = _identity_keys(text), _contact_keys(text)
    identity = Q(pk__in=SearchKey.objects.filter(numbers).values("patient"), shows_identity=True)
    contact = Q(pk__in=SearchKey.objects.filter(contacts).values("patient"), shows_contact=True)
    # Who has any of the keys, first: of the OR alone PostgreSQL makes a walk over the whole facility.
    answering = visible.filter(pk__in=SearchKey.objects.filter(numbers | contacts).values("patient"))
    return list(answering.filter(identity | contact)[:limit])


def _identity_keys(text: str) -> Q:
    typed = text.casefold()
    wanted = _starting(keys.number(typed)) | _starting(keys.born(typed))
    if typed.isdecimal():  # our own numbers without their letters
        wanted |= _starting(keys.number(f"cc-{typed}"))
    for day in birth_dates(text):
        wanted |= Q(key=keys.born(day.isoformat()))
    return wanted


def _contact_keys(text: str) -> Q:
    wanted, numerals = _starting(keys.email(text)), digits(text)[-10:]
    if len(numerals) >= FEWEST_DIGITS:
        front, back = keys.phones(numerals)
        wanted |= _starting(front) | _starting(back)
    return wanted


def _by_prefix(user: User, facility: Facility, prefix: str, limit: int) -> list[Patient]:
    """People with a name, or both names in either order, that begins so; walked in the order of the index."""
    visible = _visible(user, facility, Perm.NAME_VIEW)
    rows = SearchKey.objects.filter(_starting(prefix), patient__in=visible.values("pk")).select_related("patient")
    rows = rows.annotate(shows_identity=_holds_of_key(user, facility)).order_by("key", "patient_id")
    found: dict[int, Patient] = {}
    for row in rows[: limit * 4]:  # a person has up to four keys that begin alike
        row.patient.shows_identity = row.shows_identity  # type: ignore[attr-defined]  # for `_names`
        if row.shows_identity or any(name.startswith(prefix) for name in _used(row.patient)):
            found.setdefault(row.patient_id, row.patient)
    return list(found.values())[:limit]


def _holds_of_key(user: User, facility: Facility) -> Exists | Value:
    held = scopes(user, Perm.IDENTITY_VIEW).get(facility.pk, set())
    if not held:
        return Value(False, output_field=BooleanField())
    people = Patient.objects.filter(~asks_reason(user, facility), pk=OuterRef("patient_id"))
    return Exists(people if Scope.FACILITY in held else people.filter(related(user, Perm.IDENTITY_VIEW, facility)))


def _by_likeness(user: User, facility: Facility, key: str) -> list[Patient]:
    """People each of whose typed parts sounds like, or begins like, a part of the name; likest first."""
    people = _visible(user, facility, Perm.NAME_VIEW)
    for part in key.split()[:4]:
        alike = Q(key=keys.sound(part)) | _starting(part[:3])
        people = people.filter(pk__in=SearchKey.objects.filter(alike).values("patient"))
    scored = [(_name_likeness(key, patient), patient) for patient in people[:CANDIDATES]]
    scored.sort(key=lambda pair: -pair[0])
    return [patient for score, patient in scored if score >= ALIKE]


def _given_names(patient: Patient) -> list[str]:
    """The names by which the searching person may find: a legal name beside the one used tells who may not read it."""
    used = patient.preferred_name or patient.given_name
    return [patient.given_name, used] if patient.shows_identity else [used]  # type: ignore[attr-defined]  # by `_visible`


def _used(patient: Patient) -> list[str]:
    """How a name that anybody may read can be typed: each part, and both names in either order."""
    given, family = search_key(patient.preferred_name or patient.given_name), search_key(patient.family_name)
    return [f"{family} {given}", f"{given} {family}", *given.split(), *family.split()]


def _name_likeness(key: str, patient: Patient) -> float:
    """How like the typed parts are to the person's name parts: the mean of each part's best match, 0 to 1."""
    parts = search_key(f"{' '.join(_given_names(patient))} {patient.family_name}").split()
    typed = key.split()
    return sum(max((JaroWinkler.similarity(word, part) for part in parts), default=0) for word in typed) / len(typed)


def _blocks(user: User, facility: Facility, given: str, family: str, birth_date: date | None, number: str) -> Q:
    """Who is worth comparing: the same sounds, the same birth date or the same telephone number."""
    blocks = Q()
    if given and family:
        same_sound = [Q(pk__in=_having(keys.sound(name.split()[0])).values("patient")) for name in (given, family)]
        blocks |= same_sound[0] & same_sound[1]
    if birth_date and _may_see(user, facility, Perm.IDENTITY_VIEW):
        blocks |= Q(pk__in=_having(keys.born(birth_date.isoformat())).values("patient"))
    if number and _may_see(user, facility, Perm.CONTACT_VIEW):
        blocks |= Q(pk__in=_having(keys.phones(number)[0]).values("patient"))
    return blocks


def _may_see(user: User, facility: Facility, perm: Perm) -> bool:
    return facility.pk in scopes(user, perm)


def _compare(patient: Patient, given: str, family: str, birth_date: date | None, phone: bool) -> Likeness:
    """Weigh what both sides know: names 50, birth date 35, telephone number 15 (for and against)."""
    points, possible, why = 0.0, 0, []
    if given or family:
        likeness = _pair_likeness(patient, given, family)
        points, possible = 50 * likeness, 50
        why += ["same name"] if likeness == 1 else ["similar name"] if likeness >= ALIKE else []
    if birth_date and patient.birth_date and patient.shows_identity:  # type: ignore[attr-defined]  # annotated by `_visible`
        same, close = patient.birth_date == birth_date, _one_slip(patient.birth_date, birth_date)
        points, possible = points + (35 if same else 20 if close else 0), possible + 35
        why += ["same birth date"] if same else ["birth date differs by one slip"] if close else []
    if phone and patient.same_phone:  # type: ignore[attr-defined]  # by `possible_duplicates`
        points, possible = points + 35, possible + 35
        why.append("same telephone number")
    elif phone:
        possible += 5
    return Likeness(patient, round(100 * points / possible) if possible else 0, ", ".join(why))


def _pair_likeness(patient: Patient, given: str, family: str) -> float:
    theirs = [search_key(name) for name in _given_names(patient)]
    likeness = []
    if family:
        likeness.append(JaroWinkler.similarity(family, search_key(patient.family_name)))
    if given:
        likeness.append(max(JaroWinkler.similarity(given, name) for name in theirs))
    return sum(likeness) / len(likeness)


def _one_slip(one: date, other: date) -> bool:
    """Day and month exchanged, or one digit different."""
    swapped = (one.year, one.month, one.day) == (other.year, other.day, other.month)
    return swapped or sum(a != b for a, b in zip(one.isoformat(), other.isoformat(), strict=True)) == 1


def _day(match: re.Match[str]) -> date | None:
    year, month, day = int(match["y"]), int(match["m"]), int(match["d"])
    today = timezone.localdate()
    if len(match["y"]) == 2:
        year += 2000 if 2000 + year <= today.year else 1900
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if date(1880, 1, 1) <= found <= today else None
