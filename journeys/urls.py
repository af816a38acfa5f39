"""Where the journey's pages are, inside a workspace."""

from django.urls import path

from journeys import views

app_name = "journeys"
urlpatterns = [
    path("accounts/<int:pk>/spiced/", views.spiced_page, name="spiced"),
    path("accounts/<int:pk>/spiced/panel/", views.account_panel, name="account-panel"),
    path("accounts/<int:pk>/spiced/add/", views.spiced_add, name="spiced-add"),
    path("spiced/<int:pk>/correct/", views.spiced_correct, name="spiced-correct"),
    path("spiced/<int:pk>/confirm/", views.spiced_confirm, name="spiced-confirm"),
]
