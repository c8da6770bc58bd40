"""Partner organizations."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts import access
from accounts.roles import Perm
from core.errors import Conflict, shown_on
from core.http import conflict, done, invalid
from staff import selectors, services
from staff.forms import PartnerForm


@require_safe
def partner_list(request: HttpRequest) -> HttpResponse:
    access.require(request.user, Perm.STAFF_DIRECTORY)
    words = request.GET.get("q", "")[:80]
    former = request.GET.get("show") == "former"
    context = {"rows": selectors.partners(words=words, inactive=former), "q": words, "former": former}
    context["may_edit"] = access.may(request.user, Perm.STAFF_EDIT)
    return render(request, "staff/partner_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def partner_add(request: HttpRequest) -> HttpResponse:
    access.require(request.user, Perm.STAFF_EDIT)
    form = PartnerForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with shown_on(form):
            services.save_partner(partner=form.instance, by=request.user)
    if form.is_bound and form.is_valid():
        return done(request, reverse("staff:partner_list"), "Partner added.")
    answer = invalid if form.is_bound else render
    return answer(request, "staff/partner_add.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def partner_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    access.require(request.user, Perm.STAFF_EDIT)
    partner = selectors.partner_of(pk)
    back = reverse("staff:partner_list")
    form = PartnerForm(request.POST or None, instance=partner)
    try:
        if form.is_bound and form.is_valid():
            with shown_on(form):
                version = form.cleaned_data["version"]
                services.save_partner(partner=form.instance, expected_version=version, by=request.user)
    except Conflict as error:
        return conflict(request, form, error, back=back)
    if form.is_bound and form.is_valid():
        return done(request, back, "Saved.")
    answer = invalid if form.is_bound else render
    return answer(request, "staff/partner_edit.html", {"form": form, "partner": partner})
