"""Templates, assessments and the matrix of maturity."""

from __future__ import annotations

import factory

from metrics.maturity import actions, index
from metrics.maturity.models import Assessment, Matrix, MaturityTemplate, TemplateVersion
from tests.factories.accounts import TODAY, AccountFactory


class MaturityTemplateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MaturityTemplate

    name = factory.Sequence(lambda n: f"Maturity {n}")
    questions = factory.LazyFunction(lambda: index.USUAL[:4])

    @classmethod
    def _create(cls, model_class, by=None, **values):
        return actions.add(values, by=by)


class TemplateVersionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TemplateVersion

    template = factory.SubFactory(MaturityTemplateFactory)
    number = factory.Sequence(lambda n: n + 2)
    name = factory.SelfAttribute("template.name")
    questions = factory.SelfAttribute("template.questions")


class AssessmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Assessment

    account = factory.SubFactory(AccountFactory)
    template = factory.SubFactory(MaturityTemplateFactory)
    level = 3

    @classmethod
    def _create(cls, model_class, account, template, level, by=None, today=TODAY, **values):
        answers = {each["key"]: level for each in template.questions}
        return actions.assess(account, template, answers, by=by, today=today, **values)


class MatrixFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Matrix

    health_from = index.HEALTH_FROM
    maturity_from = index.MATURITY_FROM
    cells = factory.LazyFunction(lambda: index.USUAL_CELLS)
