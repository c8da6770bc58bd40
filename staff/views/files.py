"""Copies of the papers behind credentials: for those who keep them, and for whom they are about."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import access
from accounts.models import AccessEvent, Facility
from accounts.roles import Perm
from core.errors import shown_on
from core.files.kinds import ENDINGS
from core.files.places import opened
from core.forms import incoming
from core.http import done, file_answer, invalid
from staff import selectors, services
from staff.forms import CredentialFilesForm, MistakeForm, NewerFileForm
from staff.models import Credential


@require_safe
def credential_files(request: HttpRequest, pk: UUID) -> HttpResponse:
    facility = access.require(request.user, Perm.STAFF_DIRECTORY)
    credential = selectors.credential_of(facility, pk)
    _require_reader(request, credential)
    _log(request, facility, AccessEvent.Action.LIST, f"staff.Credential:{credential.pk}")
    context = {
        "credential": credential,
        "person": credential.practitioner,
        "rows": selectors.credential_file_rows(credential, facility),
        "may_edit": access.may(request.user, Perm.STAFF_EDIT),
        "mistakes": services.MISTAKES.items(),
    }
    return render(request, "staff/credential_files.html", context)


@require_safe
def credential_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The file to keep; with `?view=1` to look at, if its kind is safe to look at."""
    facility = access.require(request.user, Perm.STAFF_DIRECTORY)
    row = selectors.credential_file_of(facility, pk)
    _require_reader(request, row.credential)
    looks = bool(request.GET.get("view"))
    action = AccessEvent.Action.VIEW if looks else AccessEvent.Action.EXPORT
    _log(request, facility, action, f"staff.CredentialFile:{row.pk}")
    name = f"{row.credential.kind}.{ENDINGS.get(row.content_type, 'bin')}"
    return file_answer(opened(row.file), content_type=row.content_type, name=name, inline=looks)


@require_http_methods(["GET", "HEAD", "POST"])
def credential_file_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    facility = access.require(request.user, Perm.STAFF_EDIT)
    credential = selectors.credential_of(facility, pk)
    form = CredentialFilesForm(*_sent(request))
    if form.is_bound and form.is_valid():
        with shown_on(form):
            files = incoming(form.cleaned_data["files"])
            services.add_credential_files(credential=credential, files=files, by=request.user)
    if form.is_bound and form.is_valid():
        return done(request, _files_of(credential), "The copy is kept with the credential.")
    answer = invalid if form.is_bound else render
    context = {"form": form, "credential": credential, "person": credential.practitioner}
    return answer(request, "staff/credential_file_add.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def credential_file_version(request: HttpRequest, pk: UUID) -> HttpResponse:
    facility = access.require(request.user, Perm.STAFF_EDIT)
    row = selectors.credential_file_of(facility, pk)
    form = NewerFileForm(*_sent(request))
    if form.is_bound and form.is_valid():
        with shown_on(form):
            file = incoming(form.cleaned_data["files"])[0]
            services.replace_credential_file(copy=row, file=file, by=request.user)
    if form.is_bound and form.is_valid():
        return done(request, _files_of(row.credential), "The newer copy is kept; the one before stays readable.")
    answer = invalid if form.is_bound else render
    context = {"form": form, "credential": row.credential, "person": row.credential.practitioner, "newer": True}
    return answer(request, "staff/credential_file_add.html", context)


@require_POST
def credential_file_mistake(request: HttpRequest, pk: UUID) -> HttpResponse:
    facility = access.require(request.user, Perm.STAFF_EDIT)
    row = selectors.credential_file_of(facility, pk)
    form = MistakeForm(request.POST)
    mistake = form.cleaned_data["mistake"] if form.is_valid() else ""
    services.mark_credential_file_mistaken(copy=row, mistake=mistake, by=request.user)
    return done(request, _files_of(row.credential), "Taken out. The history keeps it, and why.")


def _sent(request: HttpRequest) -> tuple[QueryDict | None, MultiValueDict | None]:
    """What a form of files alone is bound to: nothing was chosen looks like nothing was sent."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _require_reader(request: HttpRequest, credential: Credential) -> None:
    """Whoever keeps credentials, and whose it is. Raises PermissionDenied."""
    if credential.practitioner.user_id != request.user.pk:
        access.require(request.user, Perm.STAFF_VIEW)


def _log(request: HttpRequest, facility: Facility, action: str, target: str) -> None:
    access.log(user=request.user, action=action, data_class=Perm.STAFF_VIEW, facility_id=facility.pk, target=target)


def _files_of(credential: Credential) -> str:
    return reverse("staff:credential_files", args=[credential.uuid])
