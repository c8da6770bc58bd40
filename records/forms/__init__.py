"""The shape of what is typed about papers, consents and envelopes."""

from records.forms.channel import OTHER, ChannelForm, RevokeForm
from records.forms.completeness import ChartRuleForm, MissingFilterForm
from records.forms.submissions import FileForm, PapersField, ReturnForm, SubmissionForm
from records.forms.uploads import (
    EditIndexForm,
    MistakeForm,
    PhotoForm,
    UploadForm,
    VersionForm,
    WordsForm,
)

__all__ = [
    "ChartRuleForm",
    "MissingFilterForm",
    "ChannelForm",
    "EditIndexForm",
    "FileForm",
    "MistakeForm",
    "OTHER",
    "PapersField",
    "PhotoForm",
    "ReturnForm",
    "RevokeForm",
    "SubmissionForm",
    "UploadForm",
    "VersionForm",
    "WordsForm",
]
