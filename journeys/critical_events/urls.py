"""Where the pages of critical events are, inside a workspace."""

from django.urls import path

from journeys.critical_events.views import acts, around, event, listing, steps

app_name = "critical_events"
urlpatterns = [
    path("critical-events/", listing.event_list, name="event-list"),
    path("accounts/<int:pk>/critical-events/", listing.of_account, name="of-account"),
    path("accounts/<int:pk>/critical-events/find/", acts.event_find, name="event-find"),
    path("accounts/<int:pk>/critical-events/answer/", around.answer_add, name="answer-add"),
    path("critical-events/<int:pk>/", event.event_detail, name="event-detail"),
    path("critical-events/<int:pk>/edit/", acts.event_edit, name="event-edit"),
    path("critical-events/<int:pk>/settle/", acts.event_settle, name="event-settle"),
    path("critical-events/<int:pk>/reopen/", acts.event_reopen, name="event-reopen"),
    path("critical-events/<int:pk>/message/", around.message_write, name="message-write"),
    path("critical-events/<int:pk>/dark/", around.dark_begin, name="dark-begin"),
    path("critical-events/<int:pk>/answered/", around.dark_end, name="dark-end"),
    path("critical-events/<int:pk>/meeting/", around.meeting_invite, name="meeting-invite"),
    path("critical-events/<int:pk>/stakeholders/add/", around.stakeholder_add, name="stakeholder-add"),
    path("critical-events/<int:pk>/steps/add/", steps.step_add, name="step-add"),
    path("critical-events/<int:pk>/steps/push/", steps.steps_push, name="steps-push"),
    path("critical-event-steps/<int:pk>/edit/", steps.step_edit, name="step-edit"),
    path("critical-event-steps/<int:pk>/start/", steps.step_start, name="step-start"),
    path("critical-event-steps/<int:pk>/done/", steps.step_done, name="step-done"),
    path("critical-event-steps/<int:pk>/reopen/", steps.step_reopen, name="step-reopen"),
    path("critical-event-steps/<int:pk>/move/", steps.step_move, name="step-move"),
    path("critical-event-steps/<int:pk>/drop/", steps.step_drop, name="step-drop"),
    path("critical-event-steps/<int:pk>/push/", steps.step_push, name="step-push"),
    path("critical-event-stakeholders/<int:pk>/edit/", around.stakeholder_edit, name="stakeholder-edit"),
    path("critical-event-stakeholders/<int:pk>/remove/", around.stakeholder_remove, name="stakeholder-remove"),
]
