"""Every address of CareCoord. Paths are kebab nouns with uuids and the verb last."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from accounts.views import SignInView, admin_sign_in
from carecoord.health import healthz
from records.views import verify

urlpatterns = [
    path("", include("desks.urls")),
    path("accounts/login/", SignInView.as_view(), name="account_login"),  # ours, before django-allauth's
    path("accounts/", include("allauth.urls")),
    path("people/", include("accounts.urls")),
    path("staff/", include("staff.urls")),
    path("patients/", include("chart.urls")),
    path("patients/", include("patients.urls")),
    path("episodes/", include("episodes.urls")),
    path("records/", include("records.urls")),
    path("schedule/", include("scheduling.urls")),
    path("intake/", include("intake.urls")),
    path("care-plans/", include("careplans.urls")),
    path("activities/", include("activities.urls")),
    path("a/", include("scheduling.public_urls")),  # patients' links, on the neutral host
    path("c/", include("records.public_urls")),  # links to sign a consent, on the neutral host
    path("verify/", verify.packet, name="verify_packet"),  # for whoever received a packet, on the neutral host
    path("feed/", include("scheduling.feed_urls")),  # practitioners' calendars, in other calendars
    path("admin/login/", admin_sign_in),  # there is one sign-in page, with its second factor and lock-out
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
]

if settings.EMBEDDED:  # the demo alone: its mailbox; outside, the route does not exist
    urlpatterns.append(path("mailbox/", include("carecoord.mailbox")))

handler403 = "patients.views.refused.refused"
