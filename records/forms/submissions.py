"""The shape of what is typed about envelopes."""

from typing import Any

from django import forms

from records.models import Document


class PapersField(forms.ModelMultipleChoiceField):
    """A checklist of papers, with the pages of each."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Document) -> str:
        return f"{obj.title} · {obj.get_kind_display()} · {obj.pages} page{'' if obj.pages == 1 else 's'}"


class SubmissionForm(forms.Form):
    """What goes into an envelope."""

    documents = PapersField(
        Document.objects.none(),
        label="Papers",
        to_field_name="uuid",
        error_messages={"required": "Choose at least one paper."},
    )
    page_count = forms.IntegerField(
        label="Pages",
        required=False,
        min_value=1,
        max_value=32000,
        help_text="Counted for you from the papers chosen.",
    )
    message = forms.CharField(
        label="Message to the clerk",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="If the pages differ from the papers chosen, say why: for example a signed original handed in.",
    )

    def __init__(self, *args: Any, papers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        documents: Any = self.fields["documents"]
        documents.queryset = papers

    def clean(self) -> dict[str, Any]:
        """Whoever is quicker than the count, or has no script, leaves it to us."""
        chosen = super().clean() or self.cleaned_data
        if chosen.get("documents") and "page_count" in chosen and chosen["page_count"] is None:
            chosen["page_count"] = sum(paper.pages for paper in chosen["documents"])
        return chosen


class FileForm(forms.Form):
    """Where the papers went."""

    location = forms.CharField(
        label="Filed where", max_length=120, help_text="Shelf, box or folder, such as “Shelf 4, box 12”."
    )


class ReturnForm(forms.Form):
    """Why the envelope goes back."""

    reason = forms.CharField(
        label="What is missing", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Whoever submitted it reads this and mends it.",
    )  # fmt: skip
