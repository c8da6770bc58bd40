"""Shapes of the input: programs, enrolments, sessions and the sheet of a session."""

from activities.forms.planning import EnrolmentForm, PersonForm, ProgramForm, SessionForm
from activities.forms.sheet import SheetForm

__all__ = ["EnrolmentForm", "PersonForm", "ProgramForm", "SessionForm", "SheetForm"]
