"""Deployments: a nested room of journeys with the same doors."""

from django.apps import AppConfig


class DeploymentsConfig(AppConfig):
    name = "journeys.deployments"
    label = "deployments"
    verbose_name = "Deployments"
