"""Where figures are."""

from django.urls import path

from metrics.views import book, effects, first_impact

app_name = "metrics"
urlpatterns = [
    path("figures/book/", book.book_figures, name="book-figures"),
    path("reports/play-effects/", effects.play_effects, name="play-effects"),
    path("reports/play-effects/panel/", effects.play_effects_panel, name="play-effects-panel"),
    path("reports/play-effects/<int:pk>/panel/", effects.play_effect_panel, name="play-effect-panel"),
    path("reports/first-impact/", first_impact.first_impact, name="first-impact"),
    path("reports/first-impact/accounts/", first_impact.first_impact_accounts, name="first-impact-accounts"),
]
