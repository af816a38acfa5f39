"""Where figures are."""

from django.urls import path

from metrics.views import book, effects, first_impact

app_name = "metrics"
urlpatterns = [
    path("figures/book/", book.book_figures, name="book-figures"),
    path("reports/play-effects/", effects.play_effects, name="play-effects"),
    path("reports/first-impact/", first_impact.first_impact, name="first-impact"),
    path("reports/first-impact/accounts/", first_impact.first_impact_accounts, name="first-impact-accounts"),
]
