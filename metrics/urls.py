"""Where figures are."""

from django.urls import path

from metrics import views

app_name = "metrics"
urlpatterns = [path("figures/book/", views.book_figures, name="book-figures")]
