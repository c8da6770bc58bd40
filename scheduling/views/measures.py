"""The measures of a facility."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import log
from accounts.models import AccessEvent
from core.http import invalid
from scheduling.access import measured_facilities, require_measures
from scheduling.forms import MeasureForm
from scheduling.selectors.measures import Period, measures


@require_GET
def measure_list(request: HttpRequest) -> HttpResponse:
    """Numbers only: nobody is named."""
    facility = require_measures(request.user)
    asked = MeasureForm.usual(facility) | {name: value for name, value in request.GET.items() if value}
    form = MeasureForm(asked, facilities=measured_facilities(request.user))
    if not form.is_valid():
        return invalid(request, "scheduling/measure_list.html", {"form": form})
    period = Period(**form.cleaned_data)
    log(user=request.user, action=AccessEvent.Action.LIST, target="scheduling:measure_list",
        facility_id=period.facility.pk)  # fmt: skip
    context = {"form": form, "measures": measures(period), "period": period, "tz": period.facility.tz}
    return render(request, "scheduling/measure_list.html", context)
