from django.urls import path

from desks import views

app_name = "desks"
urlpatterns = [
    path("", views.home, name="home"),
    path("overdue/", views.overdue, name="overdue"),
    path("due-today/", views.due_today, name="due_today"),
    path("waiting/", views.waiting, name="waiting"),
    path("search/", views.search, name="search"),
    path("palette/", views.palette, name="palette"),
    path("roles-preview/", views.roles_preview, name="roles_preview"),
    path("patients-list/", views.patient_list, name="patient_list"),
    path("patients-list/<uuid:patient_pk>/first-slots/", views.first_slots, name="first_slots"),
]
