"""Where accounts' pages are, inside a workspace."""

from accounts.urls import book, desk, settings

app_name = "accounts"
urlpatterns = [*book.urlpatterns, *desk.urlpatterns, *settings.urlpatterns]
