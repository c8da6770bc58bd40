"""Addresses of the page of a person."""

from django.urls import path

from chart import views

app_name = "chart"
urlpatterns = [
    path("<uuid:patient_pk>/", views.patient_detail, name="patient_detail"),
    path("<uuid:patient_pk>/timeline/", views.patient_timeline, name="patient_timeline"),
]
