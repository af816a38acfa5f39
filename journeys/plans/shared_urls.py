"""Where the shared plan's pages are, behind the token of a link."""

from django.urls import path

from journeys.plans.views.shared import doing, entry, pages

app_name = "shared"
urlpatterns = [
    path("", pages.plan, name="plan"),
    path("open/", entry.opening, name="open"),
    path("code/", entry.code_ask, name="code"),
    path("look.css", entry.look, name="look"),
    path("plan.pdf", pages.document, name="document"),
    path("plan.json", pages.data, name="data"),
    path("versions/<int:number>/", pages.version, name="version"),
    path("agree/", doing.agree, name="agree"),
    path("comments/", doing.comment, name="comment"),
    path("steps/<int:pk>/done/", doing.step_done, name="step-done"),
    path("steps/<int:pk>/reopen/", doing.step_reopen, name="step-reopen"),
    path("impacts/<int:pk>/measure/", doing.impact_measure, name="impact-measure"),
    path("impacts/<int:pk>/confirm/", doing.impact_confirm, name="impact-confirm"),
]
