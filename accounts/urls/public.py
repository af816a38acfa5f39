"""Where accounts' pages are outside every workspace."""

from django.urls import URLPattern, path

from accounts.views import invitations, start

urlpatterns: list[URLPattern] = [
    path("", start.start, name="start"),
    path("workspaces/", start.choose, name="workspace-list"),
    path("invitations/<str:token>/", invitations.accept, name="invitation-accept"),
]
