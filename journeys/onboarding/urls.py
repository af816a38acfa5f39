"""Where the pages of onboarding are, inside a workspace."""

from django.urls import path

from journeys.onboarding.views import agenda, holding, listing, opening, panels, people, promises, reading, wizard

app_name = "onboarding"
urlpatterns = [
    path("handoffs/", listing.handoff_list, name="handoff-list"),
    path("handoffs/new/", opening.handoff_open, name="handoff-open"),
    path("handoffs/waiting/panel/", panels.home_panel, name="home-panel"),
    path("accounts/<int:pk>/handoff/panel/", panels.account_panel, name="account-panel"),
    path("handoffs/<int:pk>/", reading.handoff_detail, name="handoff-detail"),
    path("handoffs/<int:pk>/accept/", reading.handoff_accept, name="handoff-accept"),
    path("handoffs/<int:pk>/return/", reading.handoff_return, name="handoff-return"),
    path("handoffs/<int:pk>/rep/", holding.handoff_reassign, name="handoff-reassign"),
    path("handoffs/<int:pk>/drop/", holding.handoff_drop, name="handoff-drop"),
    path("handoffs/<int:pk>/edit/", wizard.handoff_edit, name="handoff-edit"),
    path("handoffs/<int:pk>/submit/", wizard.handoff_submit, name="handoff-submit"),
    path("handoffs/<int:pk>/answers/<str:question>/", wizard.answer_save, name="answer-save"),
    path("handoffs/<int:pk>/people/", people.person_add, name="person-add"),
    path("handoffs/<int:pk>/people/<int:contact>/", people.person_mark, name="person-mark"),
    path("handoffs/<int:pk>/promises/", promises.promise_add, name="promise-add"),
    path("promises/<int:pk>/withdraw/", promises.promise_withdraw, name="promise-withdraw"),
    path("promises/<int:pk>/settle/", promises.promise_settle, name="promise-settle"),
    path("agenda/<int:pk>/answer/", agenda.agenda_answer, name="agenda-answer"),
]
