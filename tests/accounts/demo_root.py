"""The routes as they are in embedded mode."""

from django.urls import include, path

from accounts import demo_urls, urls
from carecoord.urls import urlpatterns as all_urls

people = ([*urls.urlpatterns, *demo_urls.urlpatterns], "accounts")
urlpatterns = [path("people/", include(people)), *all_urls]
