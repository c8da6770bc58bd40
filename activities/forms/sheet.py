"""The sheet of a session: a mark, minutes and a line per person, and the note they share."""

from typing import Any

from django import forms

from activities.models import Attendance
from activities.selectors.sheet import MARKS
from activities.services import Line, Mark


class SheetForm(forms.Form):
    """Fields of each person carry the id of the attendance: status-7, minutes-7, seen-7, line-7, noted-7.

    `seen-7` and `noted-7` are the versions the person had before the eyes (see `services.Mark`, `services.Line`).
    """

    shared_note = forms.CharField(
        label="Group note",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What the group did. Write nothing here that tells who said what: each person has a line.",
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, rows: list[Attendance], minutes: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            whole = {"required": False, "min_value": 0}
            self.fields[f"status-{row.pk}"] = forms.ChoiceField(choices=MARKS, required=False)
            self.fields[f"minutes-{row.pk}"] = forms.IntegerField(max_value=minutes, **whole)
            self.fields[f"line-{row.pk}"] = forms.CharField(max_length=500, required=False)
            self.fields[f"seen-{row.pk}"] = forms.IntegerField(**whole)
            self.fields[f"noted-{row.pk}"] = forms.IntegerField(**whole)

    def clean_shared_note(self) -> str:
        """One kind of line end, so that a note which nobody touched is the same note."""
        return self.cleaned_data["shared_note"].replace("\r\n", "\n")

    def marks(self, *, everyone: bool = False) -> dict[int, Mark]:
        """The marks that were made; with `everyone` those without one are present."""
        found = {}
        for row in self.rows:
            unmarked = row.status == Attendance.Status.EXPECTED
            status = self._of("status", row) or (Attendance.Status.PRESENT if everyone and unmarked else "")
            if status:
                found[row.pk] = Mark(status=status, minutes=self._of("minutes", row), seen=self._of("seen", row))
        return found

    def lines(self) -> dict[int, Line]:
        """The lines of those who were on the page; whoever came onto the roster since is left alone."""
        return {
            row.pk: Line(text=self._of("line", row), seen=self._of("noted", row))
            for row in self.rows
            if f"line-{row.pk}" in self.data
        }

    def typed(self) -> dict[str, Any]:
        """What came with the form, also with one that is not valid: texts as they are, versions as numbers."""
        return {name: self.cleaned_data.get(name, self.data.get(name)) for name in self.fields if name in self.data}

    def _of(self, name: str, row: Attendance) -> Any:
        return self.cleaned_data.get(f"{name}-{row.pk}")
