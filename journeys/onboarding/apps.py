"""From commit to First Impact."""

from django.apps import AppConfig


class OnboardingConfig(AppConfig):
    name = "journeys.onboarding"
    label = "onboarding"
    verbose_name = "Onboarding"
