"""Nouns of blueprints; runs are reached through the engine. Inside a tenant's context."""

from __future__ import annotations

import factory
from django.db.models.functions import Now
from factory.django import DjangoModelFactory

from blueprints import models


def step(title: str = "Call them", role: str = "csm", days: int = 2, **more: str) -> dict:
    return {"title": title, "detail": "", "role": role, "days": days, "blueprint": ""} | more


class BlueprintFactory(DjangoModelFactory):
    class Meta:
        model = models.Blueprint

    code = factory.Sequence(lambda n: f"X{n}")
    chapter = models.Chapter.ADOPTION
    position = factory.Sequence(lambda n: n)
    title = "A blueprint"
    goal = "Reach something."


class PlayFactory(DjangoModelFactory):
    """A play that is on and listens to departures; `steps` and `conditions` make its first version."""

    class Meta:
        model = models.Play
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"play-{n}")
    name = factory.Sequence(lambda n: f"Play {n}")
    because = "it helps"
    trigger = "contact.departed"
    state = models.PlayState.ON
    on_since = Now()

    @factory.post_generation
    def steps(self, create: bool, extracted: list | None, **kwargs: object) -> None:
        models.PlayVersion.objects.create(
            play=self, number=1, steps=extracted or [step()], conditions=kwargs.get("conditions", {})
        )
