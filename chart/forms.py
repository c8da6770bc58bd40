"""The shape of a revocation."""

from typing import Any

from django import forms

from records.choices import Signed
from records.forms.consents import SignForm
from records.models import Document
from records.services.revocations import Writing

HERE, LETTER = "here", "letter"


class RevocationForm(SignForm):
    """How the consent is taken back: signed now, or a letter that came."""

    how = forms.ChoiceField(
        label="How is it taken back?",
        initial=HERE,
        widget=forms.RadioSelect,
        choices=[(HERE, "The person signs the words beside, now"), (LETTER, "In a letter that came")],
    )
    paper = forms.ModelChoiceField(
        Document.objects.none(), label="The letter, if it is among the papers", required=False,
        to_field_name="uuid", empty_label="It is not",
    )  # fmt: skip
    words = forms.CharField(
        label="Else what the letter says, copied",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Keep the letter itself and submit it to the clerk.",
    )

    def __init__(self, *args: Any, papers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        paper: Any = self.fields["paper"]
        paper.queryset, paper.label_from_instance = papers, lambda row: f"{row.title} · {row.created_at:%Y-%m-%d}"
        self.fields["signed_name"].required = False

    @property
    def writing(self) -> Writing:
        chosen = self.cleaned_data
        if chosen["how"] == LETTER:
            return Writing(paper=chosen["paper"], words=chosen["words"])
        signed = Signed(
            chosen["signed_name"], chosen["signer_role"], chosen["basis"], chosen["method"], chosen["drawing"]
        )
        return Writing(signed=signed, shown=chosen["shown"])
