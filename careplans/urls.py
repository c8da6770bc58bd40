from django.urls import path

from careplans.views import assessment, option, plan, presentation, tree

app_name = "careplans"
P = "<uuid:patient_pk>/"

urlpatterns = [
    path("acknowledgements/", plan.acknowledgement_list, name="acknowledgement_list"),
    path(P, plan.plan_detail, name="plan_detail"),
    path(f"{P}start/", plan.plan_start, name="plan_start"),
    path(f"{P}edit/", plan.plan_edit, name="plan_edit"),
    path(f"{P}share/", plan.plan_share, name="plan_share"),
    path(f"{P}acknowledge/", plan.plan_acknowledge, name="plan_acknowledge"),
    path(f"{P}extract/", plan.plan_extract, name="plan_extract"),
    path(f"{P}library/insert/", tree.library_insert, name="library_insert"),
    path(f"{P}problems/add/", tree.problem_add, name="problem_add"),
    path(f"{P}problems/<uuid:problem_pk>/goals/add/", tree.goal_add, name="goal_add"),
    path(f"{P}goals/<uuid:goal_pk>/objectives/add/", tree.objective_add, name="objective_add"),
    path(f"{P}objectives/<uuid:objective_pk>/interventions/add/", tree.intervention_add, name="intervention_add"),
    path(f"{P}problems/<uuid:pk>/edit/", tree.problem_edit, name="problem_edit"),
    path(f"{P}goals/<uuid:pk>/edit/", tree.goal_edit, name="goal_edit"),
    path(f"{P}objectives/<uuid:pk>/edit/", tree.objective_edit, name="objective_edit"),
    path(f"{P}interventions/<uuid:pk>/edit/", tree.intervention_edit, name="intervention_edit"),
    path(f"{P}problems/<uuid:pk>/remove/", tree.problem_remove, name="problem_remove"),
    path(f"{P}goals/<uuid:pk>/remove/", tree.goal_remove, name="goal_remove"),
    path(f"{P}objectives/<uuid:pk>/remove/", tree.objective_remove, name="objective_remove"),
    path(f"{P}interventions/<uuid:pk>/remove/", tree.intervention_remove, name="intervention_remove"),
    path(f"{P}problems/<uuid:pk>/move/", tree.problem_move, name="problem_move"),
    path(f"{P}goals/<uuid:pk>/move/", tree.goal_move, name="goal_move"),
    path(f"{P}objectives/<uuid:pk>/move/", tree.objective_move, name="objective_move"),
    path(f"{P}interventions/<uuid:pk>/move/", tree.intervention_move, name="intervention_move"),
    path(f"{P}assessment/request/", plan.assessment_request, name="assessment_request"),
    path(f"{P}assessments/add/", assessment.assessment_add, name="assessment_add"),
    path(f"{P}assessments/<uuid:pk>/", assessment.assessment_detail, name="assessment_detail"),
    path(f"{P}pdf/", plan.plan_pdf, name="plan_pdf"),
    path(f"{P}assessments/<uuid:pk>/pdf/", assessment.assessment_pdf, name="assessment_pdf"),
    path(f"{P}assessments/<uuid:pk>/edit/", assessment.assessment_edit, name="assessment_edit"),
    path(f"{P}assessments/<uuid:pk>/send/", assessment.assessment_send, name="assessment_send"),
    path(f"{P}assessments/<uuid:pk>/receive/", assessment.assessment_receive, name="assessment_receive"),
    path(f"{P}options/", option.option_list, name="option_list"),
    path(f"{P}options/add/", option.option_add, name="option_add"),
    path(f"{P}options/<uuid:pk>/edit/", option.option_edit, name="option_edit"),
    path(f"{P}options/<uuid:pk>/withdraw/", option.option_withdraw, name="option_withdraw"),
    path(f"{P}presentations/start/", presentation.presentation_start, name="presentation_start"),
    path(f"{P}presentations/<uuid:pk>/", presentation.presentation_detail, name="presentation_detail"),
    path(f"{P}presentations/<uuid:pk>/accept/", presentation.presentation_accept, name="presentation_accept"),
    path(f"{P}presentations/<uuid:pk>/decline/", presentation.presentation_decline, name="presentation_decline"),
]
