"""The routes as they are in embedded mode."""

from django.urls import include, path

from carecoord.urls import urlpatterns as all_urls

urlpatterns = [path("mailbox/", include("carecoord.mailbox")), *all_urls]
