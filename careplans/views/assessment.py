"""The physician's packet: written by a clinician, taken by the treatment desk."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import log
from accounts.models import AccessEvent
from accounts.roles import Perm
from careplans import access, icd10, services
from careplans.forms import AssessmentForm
from careplans.forms.assessment import flat
from careplans.models import Assessment
from careplans.printing import assessment_data
from careplans.selectors import assessment as selectors
from careplans.views._posted import posted
from core.errors import Conflict, DomainError, shown_on
from core.http import conflict, done, file_answer, invalid
from core.pdf import render_pdf
from patients.access import get_patient
from patients.models import Patient


def assessment_add(request: HttpRequest, patient_pk: UUID) -> HttpResponse:
    """Begin the packet, or go on with the draft one has begun."""
    patient = access.get_patient_to_assess(request.user, patient_pk)
    return _write(request, patient, selectors.own_draft(patient, request.user))


def assessment_edit(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = access.get_patient_to_assess(request.user, patient_pk)
    assessment = selectors.assessment_of(patient, pk, request.user)
    return _write(request, patient, assessment)


def _write(request: HttpRequest, patient: Patient, assessment: Assessment | None) -> HttpResponse:
    form = AssessmentForm(posted(request), instance=assessment)
    if request.method != "POST":
        return render(request, "careplans/assessment_form.html", _page(patient, form))
    if not form.is_valid():
        return invalid(request, "careplans/assessment_form.html", _page(patient, form))
    try:
        return _save(request, patient, form, assessment)
    except Conflict as error:
        for name, value in flat(error.current).items():
            setattr(error.current, name, value)
        return conflict(request, form, error, back=_list_url(patient))


def _save(request: HttpRequest, patient: Patient, form: AssessmentForm, assessment: Assessment | None) -> HttpResponse:
    with shown_on(form):
        kept = services.save_assessment(
            patient=patient,
            assessment=assessment,
            findings=form.cleaned_data["findings"],
            precautions=form.cleaned_data["precautions"],
            diagnosis_codes=form.codes(),
            available_plans=form.plans(),
            expected_version=form.cleaned_data.get("version"),
            by=request.user,
        )
        if "send" not in request.POST:
            return done(request, kept.get_absolute_url(), "The draft is kept. Only you see it until you send it.")
        return _send(request, patient, kept)
    return invalid(request, "careplans/assessment_form.html", _page(patient, form))


def _send(request: HttpRequest, patient: Patient, assessment: Assessment) -> HttpResponse:
    """The draft is kept even if it cannot be sent yet; what is missing stands beside its field."""
    try:
        services.send_assessment(assessment=assessment, by=request.user)
    except DomainError as error:
        fresh = AssessmentForm(instance=selectors.assessment_of(patient, assessment.uuid, request.user))
        return invalid(request, "careplans/assessment_form.html", _page(patient, fresh) | {"refusal": error.message})
    return done(request, assessment.get_absolute_url(), "The packet is sent to the treatment desk.")


def _page(patient: Patient, form: AssessmentForm) -> dict[str, object]:
    return {"patient": patient, "form": form, "codes": icd10.CHOICES, "back": _list_url(patient)}


@require_safe
def assessment_detail(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PACKET_VIEW)
    assessment = selectors.assessment_of(patient, pk, request.user)
    whole = Perm.ASSESSMENT_VIEW in patient.held
    context = {
        "patient": patient,
        "assessment": assessment,
        "send_url": reverse("careplans:assessment_send", args=[patient.uuid, assessment.uuid]),
        "is_draft": assessment.status == Assessment.Status.DRAFT,
        "may_build": Perm.OPTION_EDIT in patient.held,
        "sees_options": Perm.OPTION_VIEW in patient.held,
        "others": selectors.other_conditions(patient, assessment) if whole else [],
        **selectors.packet_facts(assessment),
    }
    return render(request, "careplans/assessment_detail.html", context)


@require_safe
def assessment_pdf(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.PACKET_VIEW)
    assessment = selectors.assessment_of(patient, pk, request.user)
    log(
        user=request.user,
        action=AccessEvent.Action.PRINT,
        data_class=Perm.PACKET_VIEW,
        patient_id=patient.pk,
        target=f"careplans.Assessment:{assessment.pk}",
    )
    content = render_pdf("records/pdf/document.typ", assessment_data(patient, assessment))
    return file_answer(content, content_type="application/pdf", name="assessment.pdf", inline=True)


@require_POST
def assessment_send(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = access.get_patient_to_assess(request.user, patient_pk)
    assessment = selectors.assessment_of(patient, pk, request.user)
    sent = services.send_assessment(assessment=assessment, by=request.user)
    return done(request, sent.get_absolute_url(), "The packet is sent to the treatment desk.")


@require_POST
def assessment_receive(request: HttpRequest, patient_pk: UUID, pk: UUID) -> HttpResponse:
    patient = get_patient(request.user, patient_pk, Perm.OPTION_EDIT)
    assessment = selectors.assessment_of(patient, pk, request.user)
    services.receive_assessment(assessment=assessment, by=request.user)
    return done(request, reverse("careplans:option_list", args=[patient.uuid]), "The packet is with you now.")


def _list_url(patient: Patient) -> str:
    return reverse("careplans:plan_detail", args=[patient.uuid])
