"""Nouns of blueprints; runs are reached through the engine. Inside a tenant's context."""

from __future__ import annotations

import factory
from django.db.models.functions import Now
from factory.django import DjangoModelFactory

from accounts import timeline
from blueprints import models
from blueprints.actions import endpoints, templates
from tests.factories.accounts import TODAY, AccountFactory, TaskFactory


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


class MatchFactory(DjangoModelFactory):
    """An account that fulfills a play's conditions, waiting for its run."""

    class Meta:
        model = models.Match

    play = factory.SubFactory(PlayFactory, trigger="")
    version = factory.LazyAttribute(lambda match: match.play.current())
    account = factory.SubFactory(AccountFactory)
    opened_at = Now()
    opened_on = TODAY
    known_from = Now()


class RunFactory(DjangoModelFactory):
    """A run in motion that has done nothing yet."""

    class Meta:
        model = models.Run

    match = factory.SubFactory(MatchFactory)
    play = factory.SelfAttribute("match.play")
    version = factory.SelfAttribute("match.version")
    account = factory.SelfAttribute("match.account")


class RunStepFactory(DjangoModelFactory):
    class Meta:
        model = models.RunStep

    run = factory.SubFactory(RunFactory)
    number = factory.Sequence(lambda n: n % 1000)
    kind = "task"
    state = models.StepState.DONE


class RunTaskFactory(DjangoModelFactory):
    class Meta:
        model = models.RunTask

    run = factory.SubFactory(RunFactory)
    step = 0
    task = factory.SubFactory(TaskFactory)


class EndpointFactory(DjangoModelFactory):
    class Meta:
        model = models.Endpoint

    name = factory.Sequence(lambda n: f"Endpoint {n}")
    kind = models.EndpointKind.WEBHOOK
    url = "https://hooks.example.com/in"

    @classmethod
    def _create(cls, model_class, by=None, **values):
        return endpoints.add(values, by=by)[0]


class MessageTemplateFactory(DjangoModelFactory):
    class Meta:
        model = models.MessageTemplate

    name = factory.Sequence(lambda n: f"Template {n}")
    subject = "News for {{ account.name }}"
    body = "Dear {{ contact.first_name }},\n\nlet us talk."

    @classmethod
    def _create(cls, model_class, by=None, **values):
        return templates.add(values, by=by)


class DeliveryFactory(DjangoModelFactory):
    """A webhook's message that waits to be sent."""

    class Meta:
        model = models.Delivery

    channel = models.Channel.WEBHOOK
    endpoint = factory.SubFactory(EndpointFactory)
    payload = factory.LazyFunction(lambda: {"type": "test"})


class NoticeFactory(DjangoModelFactory):
    class Meta:
        model = models.Notice

    recipient = None
    text = "Look at this."


class HeardFactory(DjangoModelFactory):
    class Meta:
        model = models.Heard

    event = factory.LazyFunction(lambda: timeline.record("note.added", account=AccountFactory(), by=None, body="Hello"))
    at = Now()


class TurnFactory(DjangoModelFactory):
    class Meta:
        model = models.Turn

    began_at = Now()
    ended_at = Now()
