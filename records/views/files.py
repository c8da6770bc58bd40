"""The bytes of uploads: through the door alone, each time in the read log."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts import access
from accounts.models import AccessEvent
from accounts.roles import Perm
from core.files.kinds import ENDINGS
from core.files.places import opened
from core.http import file_answer
from patients.access import get_patient
from records import selectors
from records.views.documents import reading_right


@require_safe
def document_file(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    """The file to keep; with `?view=1` to look at, if its kind is safe to look at."""
    patient = get_patient(request.user, patient_pk, reading_right(request.user))
    document = selectors.upload_of(request.user, patient, pk)
    looks = bool(request.GET.get("view"))
    access.log(
        user=request.user,
        action=AccessEvent.Action.VIEW if looks else AccessEvent.Action.EXPORT,
        data_class=Perm.DOCUMENT_VIEW,
        patient_id=patient.pk,
        target=f"records.Document:{document.pk}",
    )
    name = f"{document.kind}.{ENDINGS.get(document.content_type, 'bin')}"
    return file_answer(opened(document.file), content_type=document.content_type, name=name, inline=looks)


@require_safe
def document_thumbnail(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, reading_right(request.user))
    document = selectors.upload_of(request.user, patient, pk, with_thumbnail=True)
    return file_answer(opened(document.thumbnail), content_type="image/jpeg", name="thumbnail.jpg", inline=True)
