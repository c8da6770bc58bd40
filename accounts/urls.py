from django.conf import settings
from django.urls import path

from accounts import demo_urls, views

app_name = "accounts"
urlpatterns = [
    path("facility/", views.facility_switch, name="facility_switch"),
    path("me/", views.profile, name="profile"),
    path("me/access/", views.my_access, name="my_access"),
]

if settings.EMBEDDED:  # the demo alone; outside, the route does not exist
    urlpatterns += demo_urls.urlpatterns
