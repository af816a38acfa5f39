"""Where the shared plan's pages are, behind the token of a link."""

from django.urls import path

from journeys.plans.views.shared import doing, entry, pages

app_name = "shared"
urlpatterns = [
    path("<str:token>/", pages.plan, name="plan"),
    path("<str:token>/open/", entry.opening, name="open"),
    path("<str:token>/code/", entry.code_ask, name="code"),
    path("<str:token>/look.css", entry.look, name="look"),
    path("<str:token>/plan.pdf", pages.document, name="document"),
    path("<str:token>/plan.json", pages.data, name="data"),
    path("<str:token>/versions/<int:number>/", pages.version, name="version"),
    path("<str:token>/agree/", doing.agree, name="agree"),
    path("<str:token>/comments/", doing.comment, name="comment"),
    path("<str:token>/steps/<int:pk>/done/", doing.step_done, name="step-done"),
    path("<str:token>/steps/<int:pk>/reopen/", doing.step_reopen, name="step-reopen"),
    path("<str:token>/impacts/<int:pk>/measure/", doing.impact_measure, name="impact-measure"),
    path("<str:token>/impacts/<int:pk>/confirm/", doing.impact_confirm, name="impact-confirm"),
]
