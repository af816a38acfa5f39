"""Where the pages of meetings are, inside a workspace."""

from django.urls import path

from journeys.meetings.views import listing, reading, running, scheduling

app_name = "meetings"
urlpatterns = [
    path("meetings/", listing.meeting_list, name="meeting-list"),
    path("meetings/today/panel/", listing.home_panel, name="home-panel"),
    path("accounts/<int:pk>/meetings/", listing.of_account, name="of-account"),
    path("accounts/<int:pk>/meetings/new/", scheduling.meeting_schedule, name="meeting-schedule"),
    path("meetings/<int:pk>/", reading.meeting_detail, name="meeting-detail"),
    path("meetings/<int:pk>/file/", reading.meeting_file, name="meeting-file"),
    path("meetings/<int:pk>/followup/", reading.meeting_followup, name="meeting-followup"),
    path("meetings/<int:pk>/edit/", scheduling.meeting_edit, name="meeting-edit"),
    path("meetings/<int:pk>/cancel/", scheduling.meeting_cancel, name="meeting-cancel"),
    path("meetings/<int:pk>/invite/", scheduling.meeting_invite, name="meeting-invite"),
    path("meetings/<int:pk>/run/", running.meeting_run, name="meeting-run"),
    path("meetings/<int:pk>/notes/", running.notes_save, name="notes-save"),
    path("meetings/<int:pk>/decisions/", running.decision_add, name="decision-add"),
    path("meetings/<int:pk>/steps/", running.step_add, name="step-add"),
    path("meetings/<int:pk>/close/", running.meeting_close, name="meeting-close"),
    path("attendees/<int:pk>/edit/", scheduling.attendee_edit, name="attendee-edit"),
    path("agenda-points/<int:pk>/tick/", running.point_tick, name="point-tick"),
    path("decisions/<int:pk>/remove/", running.decision_remove, name="decision-remove"),
    path("next-steps/<int:pk>/edit/", running.step_edit, name="step-edit"),
    path("next-steps/<int:pk>/remove/", running.step_remove, name="step-remove"),
]
