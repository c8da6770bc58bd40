"""The facility's wording of consents and of the notice: versions, a new one, one out of use."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import access
from accounts.models import Facility
from accounts.roles import Perm
from core.errors import shown_on
from core.http import done, invalid
from records import selectors, services
from records.forms.wording import NoticeVersionForm, WordingForm
from records.models import ConsentCategory

LANGUAGES = dict(settings.LANGUAGES)


@require_safe
def form_list(request: HttpRequest) -> HttpResponse:
    """Every version, those in use first, and what is lacking."""
    facility = access.require(request.user, Perm.FORMS_EDIT)
    lacking = [
        {"label": ConsentCategory(category).label, "language": LANGUAGES[language], "url": _add(category, language)}
        for category, language in selectors.missing_wordings(facility)
    ]
    context = {
        "facility": facility,
        "forms": selectors.form_versions(facility),
        "notices": selectors.notice_versions(facility),
        "lacking": lacking,
        "languages": settings.LANGUAGES,
    }
    return render(request, "records/form_list.html", context)


@require_safe
def form_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One version, as a patient would read it with nothing chosen yet."""
    facility = access.require(request.user, Perm.FORMS_EDIT)
    form = selectors.form_of(facility, pk)
    context = {"row": form, "sections": selectors.form_sections(form), "add_url": _add(form.category, form.language)}
    return render(request, "records/form_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def form_add(request: HttpRequest, category: str, language: str) -> HttpResponse:
    """A new version, begun with the words in use."""
    facility = access.require(request.user, Perm.FORMS_EDIT)
    if category not in ConsentCategory.values or language not in LANGUAGES:
        raise Http404
    form = WordingForm(_sent(request), category=category, initial=_begin(facility, category, language))
    if form.is_bound and form.is_valid():
        with shown_on(form):
            row = services.add_form_version(
                facility=facility, category=category, language=language, by=request.user, **form.cleaned_data
            )
    if form.is_bound and form.is_valid():
        said = "In use from now on. What was signed by the version before stays as it was signed."
        return done(request, reverse("records:form_detail", args=[row.uuid]), said)
    context = {"form": form, "label": ConsentCategory(category).label, "language": LANGUAGES[language]}
    answer = invalid if form.is_bound else render
    return answer(request, "records/form_add.html", context | {"back": reverse("records:form_list")})


@require_POST
def form_retire(request: HttpRequest, pk: UUID) -> HttpResponse:
    facility = access.require(request.user, Perm.FORMS_EDIT)
    services.retire_form(form=selectors.form_of(facility, pk), by=request.user)
    said = "Out of use. No consent of this kind can be signed until there is another version."
    return done(request, reverse("records:form_list"), said)


@require_http_methods(["GET", "HEAD", "POST"])
def notice_version_add(request: HttpRequest) -> HttpResponse:
    """A new version of the notice, begun with the one in use."""
    facility = access.require(request.user, Perm.FORMS_EDIT)
    language = "es" if request.GET.get("language") == "es" else "en"
    now = selectors.notice_in_use(facility, language)
    initial = {"language": language, "text": now.text if now and now.language == language else ""}
    form = NoticeVersionForm(_sent(request), initial=initial)
    if form.is_bound and form.is_valid():
        with shown_on(form):
            services.add_notice_version(facility=facility, by=request.user, **form.cleaned_data)
    if form.is_bound and form.is_valid():
        return done(request, reverse("records:form_list"), "The new notice is given from now on.")
    context = {"form": form, "label": "Notice of privacy practices", "language": LANGUAGES[language], "is_notice": True}
    answer = invalid if form.is_bound else render
    return answer(request, "records/form_add.html", context | {"back": reverse("records:form_list")})


@require_safe
def notice_version_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    facility = access.require(request.user, Perm.FORMS_EDIT)
    row = selectors.notice_version_of(facility, pk)
    context = {"row": row, "sections": selectors.sections_of(row.text), "is_notice": True}
    context["add_url"] = f"{reverse('records:notice_version_add')}?language={row.language}"
    return render(request, "records/form_detail.html", context)


@require_POST
def form_defaults(request: HttpRequest) -> HttpResponse:
    """Our wording, wherever the facility has none of its own."""
    facility = access.require(request.user, Perm.FORMS_EDIT)
    number = services.ensure_default_forms(facility=facility, by=request.user)
    said = f"{number} put into use: read them before they are signed." if number else "There is nothing to add."
    return done(request, reverse("records:form_list"), said)


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _add(category: str, language: str) -> str:
    return reverse("records:form_add", args=[category, language])


def _begin(facility: Facility, category: str, language: str) -> dict[str, str]:
    now = selectors.form_in_use(facility, category, language)
    if now is None or now.language != language:
        return {}
    return {name: getattr(now, name) for name in WordingForm.base_fields}
