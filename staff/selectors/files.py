"""The copies of a credential's papers."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from accounts.models import Facility
from core.files import kinds
from core.http import INLINE
from core.labels import when_label
from staff.models import Credential, CredentialFile

TONES = {"current": "success", "superseded": "neutral", "entered-in-error": "danger"}


def credential_file_rows(credential: Credential, facility: Facility) -> list[dict[str, Any]]:
    """All copies as rows ready to print, the newest first, what was replaced among them. One query."""
    rows = credential.files.select_related("author").order_by("-created_at", "-pk")
    return [_row(row, facility) for row in rows]


def credential_file_of(facility: Facility, pk: UUID) -> CredentialFile:
    """A copy of a credential of somebody who works or worked at the facility. Raises Http404."""
    rows = CredentialFile.objects.filter(credential__practitioner__roles__facility=facility, uuid=pk).distinct()
    row = rows.select_related("credential__practitioner").first()
    if row is None:
        raise Http404
    return row


def _row(row: CredentialFile, facility: Facility) -> dict[str, Any]:
    return {
        "uuid": row.uuid,
        "label": kinds.LABELS.get(row.content_type, "File"),
        "size": filesizeformat(row.size),
        "pages": row.pages,
        "added": when_label(row.created_at, facility.tz),
        "author": str(row.author or ""),
        "status": row.get_status_display(),
        "tone": TONES[row.status],
        "is_current": row.status == CredentialFile.Status.CURRENT,
        "opens": row.content_type in INLINE,
        "url": reverse("staff:credential_file", args=[row.uuid]),
    }
