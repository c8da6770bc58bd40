from django.urls import path

from episodes.views import emergency
from episodes.views import work as views

app_name = "episodes"
urlpatterns = [
    path("tasks/", views.task_list, name="task_list"),
    path("tasks/<uuid:pk>/", views.task_open, name="task_open"),
    path("tasks/<uuid:pk>/take/", views.task_take, name="task_take"),
    path("tasks/<uuid:pk>/give-back/", views.task_give_back, name="task_give_back"),
    path("tasks/<uuid:pk>/close/", views.task_close, name="task_close"),
    path("emergencies/", emergency.emergency_list, name="emergency_list"),
    path("emergencies/start/", emergency.emergency_start, name="emergency_start"),
    path("emergencies/<uuid:pk>/", emergency.emergency_review, name="emergency_review"),
    path("<uuid:patient_pk>/emergency/open/", emergency.emergency_open, name="emergency_open"),
    path("<uuid:patient_pk>/emergency/end/", emergency.emergency_end, name="emergency_end"),
    path("<uuid:patient_pk>/tasks/add/", views.task_add, name="task_add"),
    path("<uuid:patient_pk>/next-step/edit/", views.next_step_edit, name="next_step_edit"),
    path("<uuid:patient_pk>/baton/pass/", views.baton_pass, name="baton_pass"),
    path("<uuid:patient_pk>/handoffs/send/", views.handoff_send, name="handoff_send"),
    path("<uuid:patient_pk>/handoffs/<uuid:pk>/", views.handoff_detail, name="handoff_detail"),
    path("<uuid:patient_pk>/handoffs/<uuid:pk>/accept/", views.handoff_accept, name="handoff_accept"),
    path("<uuid:patient_pk>/handoffs/<uuid:pk>/return/", views.handoff_return, name="handoff_return"),
    path("<uuid:patient_pk>/handoffs/<uuid:pk>/withdraw/", views.handoff_withdraw, name="handoff_withdraw"),
]
