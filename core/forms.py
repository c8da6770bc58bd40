"""Forms that notice when somebody else saved first."""

from typing import Any

from django import forms


class VersionedForm(forms.ModelForm):
    """A model form that carries the version the person saw, for `audit.save(expected_version=…)`.

    For a row that is there already it is not taken without one: that would overwrite silently.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["version"].initial = self.instance.version
        else:
            del self.fields["version"]
