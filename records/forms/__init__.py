"""The shape of what is typed about papers, consents and envelopes."""

from records.forms.channel import OTHER, ChannelForm, RevokeForm
from records.forms.submissions import FileForm, PapersField, ReturnForm, SubmissionForm

__all__ = ["OTHER", "ChannelForm", "FileForm", "PapersField", "ReturnForm", "RevokeForm", "SubmissionForm"]
