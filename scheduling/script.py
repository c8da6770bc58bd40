"""What to say on the telephone, in the patient's language: nothing that tells anything to somebody else."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from patients.languages import language_of_ours
from patients.models import ContactPoint, Patient
from scheduling.mail import Letter, letter
from scheduling.models import Appointment


@dataclass(frozen=True)
class Line:
    """What is said at one turn of the call; `note` is for the caller alone, in the house's language."""

    turn: str
    say: str = ""
    note: str = ""


@dataclass(frozen=True)
class Script:
    """The lines of one call and the language they are in; `aside` says what else helps to be understood."""

    language: str
    lines: list[Line]
    aside: str = ""


def call_script(appointment: Appointment, phones: list[ContactPoint]) -> Script:
    """Who the patient is comes first; where one calls from and why is said to nobody else."""
    patient = appointment.patient
    if patient is None:
        return Script("en", [])
    language = spoken(patient)
    with translation.override(language):
        content = letter(appointment, None)
        lines = [*_opening(patient), _matter(appointment, content), *_answers(), _machine(patient, content, phones)]
    return Script(language, lines, _aside(patient, language))


def spoken(patient: Patient) -> str:
    """The language to speak: the patient's if we have its words, else English."""
    return language_of_ours(patient.language)


def first_name(patient: Patient) -> str:
    """What one calls the person; a family name is said to nobody."""
    return patient.preferred_name or patient.given_name


def _opening(patient: Patient) -> list[Line]:
    name = first_name(patient)
    ask = (
        _("Hello. May I speak with %(name)s, please?") % {"name": name} if name else _("Hello. Who am I speaking with?")
    )
    return [
        Line("When somebody answers", ask),
        Line(
            "If it is somebody else",
            _("Thank you. I will try again another time."),
            "Say neither where you call from nor why, even when asked.",
        ),
        Line(
            "When it is the person",
            _("Thank you for taking the call. Please tell me your date of birth, so that I know it is you."),
            "Go on only when it agrees with the record, and when the person can talk freely.",
        ),
    ]


def _matter(appointment: Appointment, content: Letter) -> Line:
    said = {"day": content.day, "time": content.time}
    if appointment.reply == Appointment.Reply.DECLINED:
        text = _("You told us that you can't come on %(day)s at %(time)s. Shall we find another time together?") % said
    elif appointment.reply == Appointment.Reply.TENTATIVE:
        text = _("You asked us to call about your appointment on %(day)s at %(time)s. How can I help?") % said
    else:
        text = _("You have an appointment on %(day)s at %(time)s. Can you come?") % said
    return Line("Then", text)


def _answers() -> list[Line]:
    return [
        Line("If yes", _("Thank you. See you then."), "Press “Confirmed”."),
        Line(
            "If no", _("Thank you for telling me. Let us find another time."),
            "Press “Wants another time”: the free times open at once.",
        ),
    ]  # fmt: skip


def may_leave_message(phones: list[ContactPoint]) -> bool:
    """Only when no number of the person forbids it: who answers one of them may live with who answers another."""
    return bool(phones) and not any(phone.leave_no_message for phone in phones)


def _machine(patient: Patient, content: Letter, phones: list[ContactPoint]) -> Line:
    turn = "If a machine answers"
    if not may_leave_message(phones):
        return Line(turn, note="Leave no message: hang up, and press “Left no message”.")
    if not content.phone:
        return Line(turn, note="Hang up: no neutral number is set up to be called back. Press “Left no message”.")
    said = {"name": first_name(patient), "phone": content.phone}
    text = _("Hello, this is a message for %(name)s. Please call %(phone)s. Thank you.") % said
    return Line(turn, text, "Say no more than this, then press “Left a message”.")


def _aside(patient: Patient, language: str) -> str:
    known = patient.get_language_display()
    if language != patient.language.split("-")[0].lower():
        return f"Speaks {known}: call with an interpreter."
    return f"Needs an interpreter for {known}." if patient.interpreter_needed else ""
