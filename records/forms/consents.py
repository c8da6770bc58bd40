"""The shape of a consent's choices, of a signature, and of what a page behind a link is told."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.roles import DataClass
from records.choices import Choices, Named, Signed
from records.models import TPO, Consent, ConsentCategory, ConsentRecipient, Purpose, Signature
from records.words import EVERYONE_IN_CARE
from staff.models import PartnerOrganization

Kind = ConsentRecipient.Kind
FREE_LINES, MOST_LINES = 2, 8
KINDS_OF_LINE = [
    (Kind.PERSON, "A person"),
    (Kind.PROVIDER, "Treats the person"),
    (Kind.PAYER, "Pays"),
    (Kind.ENTITY, "Another organization"),
    (Kind.INTERMEDIARY, "An exchange or other intermediary"),
    (Kind.COURT, "A court or agency"),
]
OF_PARTNER = {
    PartnerOrganization.Kind.HOSPITAL: Kind.PROVIDER,
    PartnerOrganization.Kind.CLINIC: Kind.PROVIDER,
    PartnerOrganization.Kind.PAYER: Kind.PAYER,
    PartnerOrganization.Kind.COURT: Kind.COURT,
}
CARE_ENDS, ANOTHER = "care", "another"


def day(label: str, help_text: str = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"})
    return forms.DateField(label=label, required=False, widget=widget, help_text=help_text)


def boxes(label: str, choices: Iterable[tuple[str, str]], **options: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=list(choices), required=False, widget=forms.CheckboxSelectMultiple, **options
    )


class ChoicesForm(forms.Form):
    """What may go to whom, for what, until when. Nothing is required: a draft may lack anything."""

    language = forms.ChoiceField(label="Read in", choices=settings.LANGUAGES)
    discloser = forms.CharField(label="Who may give the information", required=False, max_length=300)
    data_classes = boxes("What may be given", ())
    description = forms.CharField(
        label="Only a part of it, or more exactly",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For example: nothing about my family.",
    )
    covers_from = day("Written from")
    covers_until = day("Written until", "Leave both empty when time does not matter.")
    everyone = forms.BooleanField(
        label="All who treat the person, who pay, and who help to run this program", required=False
    )
    partners = boxes("Partner organizations", ())
    purposes = boxes("What for", ())
    purpose_words = forms.CharField(label="The purpose in words", required=False, max_length=300)
    expiry = forms.ChoiceField(label="It ends", required=False, widget=forms.RadioSelect)
    expires_on = day("Last day")
    event = forms.ChoiceField(
        label="Which event",
        required=False,
        widget=forms.RadioSelect,
        choices=[(CARE_ENDS, "Care here ends"), (ANOTHER, "Another event")],
    )
    expiry_event = forms.CharField(label="The event in words", required=False, max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, consent: Consent, choices: Choices, partners: list[PartnerOrganization], **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.category = consent.category
        self._partners = {str(row.uuid): row for row in partners}
        self._offer()
        self._add_lines(choices)
        self.initial |= self._initial(choices) | {"version": consent.version}

    @property
    def lines(self) -> Iterator[dict[str, forms.BoundField]]:
        """The rows in which recipients are named, for the template."""
        for number in range(self.line_count):
            yield {part: self[f"to_{number}_{part}"] for part in ("kind", "name", "address")}

    @property
    def choices(self) -> Choices:
        """What is chosen so far, complete enough to show the words, even while the form has errors."""
        self.is_valid()
        chosen = getattr(self, "cleaned_data", {})
        by_care = chosen.get("expiry") == Consent.Expiry.EVENT and chosen.get("event") == CARE_ENDS
        return Choices(
            category=self.category,
            language=chosen.get("language") or "en",
            discloser=chosen.get("discloser") or "",
            data_classes=tuple(chosen.get("data_classes") or ()),
            description=chosen.get("description") or "",
            covers_from=chosen.get("covers_from"),
            covers_until=chosen.get("covers_until"),
            purposes=tuple(chosen.get("purposes") or ()),
            purpose_words=chosen.get("purpose_words") or "",
            expiry=chosen.get("expiry") or "",
            expires_on=chosen.get("expires_on") if chosen.get("expiry") == Consent.Expiry.DATE else None,
            expiry_event=""
            if by_care or chosen.get("expiry") != Consent.Expiry.EVENT
            else chosen.get("expiry_event", ""),
            ends_with_care=by_care,
            recipients=tuple(self._recipients(chosen)),
        )

    def _offer(self) -> None:
        """Only what this kind of consent may hold."""
        is_tpo, is_notes = self.category == ConsentCategory.TPO, self.category == ConsentCategory.COUNSELING_NOTES
        is_legal = self.category == ConsentCategory.LEGAL
        classes = [row for row in DataClass if (row == DataClass.COUNSELING) == is_notes]
        purposes = [row for row in Purpose if (row in TPO if is_tpo else (row == Purpose.LEGAL) == is_legal)]
        ends = [row for row in Consent.Expiry if is_tpo or row != Consent.Expiry.NONE]
        self._choose("data_classes", [(row.value, row.label) for row in classes])
        self._choose("purposes", [(row.value, row.label) for row in purposes])
        self._choose("expiry", [(row.value, row.label) for row in ends])
        self._choose("partners", [(key, str(row)) for key, row in self._partners.items()])
        if is_legal:
            self.fields["purpose_words"].label = "Which proceeding"
        if not is_tpo:
            del self.fields["everyone"]
        if not self._partners:
            del self.fields["partners"]

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def _add_lines(self, choices: Choices) -> None:
        named = self._named(choices)
        posted = sum(1 for key in self.data if key.startswith("to_") and key.endswith("_name"))
        self.line_count = min(MOST_LINES, max(posted, len(named) + FREE_LINES))
        for number in range(self.line_count):
            self.fields[f"to_{number}_name"] = forms.CharField(label="Name", required=False, max_length=200)
            self.fields[f"to_{number}_kind"] = forms.ChoiceField(
                label="Who is it", choices=KINDS_OF_LINE, required=False
            )
            self.fields[f"to_{number}_address"] = forms.CharField(label="Address", required=False, max_length=300)
        for number, row in enumerate(named):
            parts = {"name": row.name, "kind": row.kind, "address": row.address}
            self.initial |= {f"to_{number}_{part}": value for part, value in parts.items()}

    def _named(self, choices: Choices) -> list[Named]:
        offered = {row.pk for row in self._partners.values()}
        return [
            row
            for row in choices.recipients
            if row.kind != Kind.CLASS and not (row.partner and row.partner.pk in offered)
        ]

    def _initial(self, choices: Choices) -> dict[str, Any]:
        plain = ("language", "discloser", "data_classes", "description", "covers_from", "covers_until", "purposes")
        more = ("purpose_words", "expiry", "expires_on", "expiry_event")
        chosen = {name: getattr(choices, name) for name in plain + more}
        there = {row.partner.pk for row in choices.recipients if row.partner}
        chosen["partners"] = [key for key, row in self._partners.items() if row.pk in there]
        chosen["everyone"] = any(row.kind == Kind.CLASS for row in choices.recipients)
        chosen["event"] = CARE_ENDS if choices.ends_with_care or not choices.expiry_event else ANOTHER
        return chosen

    def _recipients(self, chosen: dict[str, Any]) -> Iterator[Named]:
        if chosen.get("everyone"):
            yield Named(Kind.CLASS, EVERYONE_IN_CARE["en"])
        for key in chosen.get("partners") or ():
            row = self._partners[key]
            where = ", ".join(part for part in (row.line, row.city, row.state) if part)
            yield Named(OF_PARTNER.get(PartnerOrganization.Kind(row.kind), Kind.ENTITY), row.name, where, row)
        seen = set()
        for number in range(self.line_count):
            name, kind = (chosen.get(f"to_{number}_{part}") or "" for part in ("name", "kind"))
            if name.strip() and (kind, name) not in seen:
                seen.add((kind, name))
                yield Named(kind or Kind.PERSON, name.strip(), (chosen.get(f"to_{number}_address") or "").strip())


class SignForm(forms.Form):
    """A signature on the screen: typed or drawn, by the patient or by somebody who may sign for the patient."""

    signer_role = forms.ChoiceField(
        label="Who signs", choices=Signature.SignerRole.choices[:2], initial="patient", widget=forms.RadioSelect
    )
    basis = forms.CharField(
        label="By what right a representative signs",
        max_length=120,
        required=False,
        help_text="Such as legal guardian, parent of a minor, or power of attorney. Leave empty for the patient.",
    )
    signed_name = forms.CharField(
        label="Full name of the person who signs",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "The person who signs gives the full name here."},
    )
    method = forms.ChoiceField(
        label="How",
        choices=[(Signature.Method.TYPED, "The typed name is the signature"), (Signature.Method.DRAWN, "Drawn below")],
        initial=Signature.Method.TYPED,
        widget=forms.RadioSelect,
    )
    drawing = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40_000)
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    @property
    def signed(self) -> Signed:
        chosen = self.cleaned_data
        return Signed(
            chosen["signed_name"], chosen["signer_role"], chosen["basis"], chosen["method"], chosen["drawing"]
        )


class NoticeForm(SignForm):
    """That the notice was given: signed, or why not."""

    outcome = forms.ChoiceField(
        label="What came of it",
        initial="acknowledged",
        widget=forms.RadioSelect,
        choices=[
            ("acknowledged", "The person signs that it was given"),
            ("declined", "Was given; would not sign"),
            ("incapacity", "Could not be given now, for medical reasons"),
        ],
    )
    reason = forms.CharField(label="Why there is no signature", required=False, max_length=300)
    language = forms.ChoiceField(label="Read in", choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signed_name"].required = False

    @property
    def signed(self) -> Signed:
        return super().signed if self.cleaned_data["outcome"] == "acknowledged" else Signed("")


class OpenLinkForm(forms.Form):
    """Who opens a link says the birth date, in three plain fields."""

    month = forms.IntegerField(label=_("Month"), min_value=1, max_value=12)
    day = forms.IntegerField(label=_("Day"), min_value=1, max_value=31)
    year = forms.IntegerField(label=_("Year"), min_value=1890, max_value=2100)

    @property
    def birth_date(self) -> date | None:
        """The day that was given; None if it is none."""
        chosen = self.cleaned_data
        try:
            return date(chosen["year"], chosen["month"], chosen["day"])
        except ValueError:
            return None
