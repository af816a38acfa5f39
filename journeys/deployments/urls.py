"""Where the pages of deployments are, inside a workspace."""

from django.urls import path

from journeys.deployments.views import course, detail, items, listing, measured, said

app_name = "deployments"
urlpatterns = [
    path("deployments/", listing.deployment_list, name="deployment-list"),
    path("deployments/measures/", measured.measure_list, name="measure-list"),
    path("deployments/measures/rows/", measured.measure_rows, name="measure-rows"),
    path("accounts/<int:pk>/deployments/", listing.of_account, name="of-account"),
    path("accounts/<int:pk>/deployments/plan/", course.deployment_plan, name="deployment-plan"),
    path("deployments/<int:pk>/", detail.deployment_detail, name="deployment-detail"),
    path("deployments/<int:pk>/edit/", course.deployment_edit, name="deployment-edit"),
    path("deployments/<int:pk>/start/", course.deployment_start, name="deployment-start"),
    path("deployments/<int:pk>/hold/", course.deployment_hold, name="deployment-hold"),
    path("deployments/<int:pk>/resume/", course.deployment_resume, name="deployment-resume"),
    path("deployments/<int:pk>/close/", course.deployment_close, name="deployment-close"),
    path("deployments/<int:pk>/cancel/", course.deployment_cancel, name="deployment-cancel"),
    path("deployments/<int:pk>/copy/", course.plan_copy, name="plan-copy"),
    path("deployments/<int:pk>/activities/add/", items.activity_add, name="activity-add"),
    path("deployments/<int:pk>/hours/add/", items.time_add, name="time-add"),
    path("deployments/<int:pk>/costs/add/", items.cost_add, name="cost-add"),
    path("deployments/<int:pk>/reports/add/", said.report_add, name="report-add"),
    path("deployments/<int:pk>/reviews/add/", said.review_add, name="review-add"),
    path("deployments/<int:pk>/integrations/add/", said.integration_add, name="integration-add"),
    path("deployments/<int:pk>/escalations/add/", said.escalation_add, name="escalation-add"),
    path("activities/<int:pk>/edit/", items.activity_edit, name="activity-edit"),
    path("activities/<int:pk>/done/", items.activity_done, name="activity-done"),
    path("activities/<int:pk>/reopen/", items.activity_reopen, name="activity-reopen"),
    path("activities/<int:pk>/remove/", items.activity_remove, name="activity-remove"),
    path("hours/<int:pk>/correct/", items.time_correct, name="time-correct"),
    path("costs/<int:pk>/correct/", items.cost_correct, name="cost-correct"),
    path("findings/<int:pk>/settle/", said.finding_settle, name="finding-settle"),
    path("integrations/<int:pk>/complete/", said.integration_complete, name="integration-complete"),
    path("escalations/<int:pk>/edit/", said.escalation_edit, name="escalation-edit"),
    path("escalations/<int:pk>/resolve/", said.escalation_resolve, name="escalation-resolve"),
]
