"""What lists of imports and of their rows can be asked for."""

from __future__ import annotations

import django_filters as df

from accounts.api.filters import Choices
from accounts.imports.models import Import, Noun, Record, SavedMapping, Stage, Verdict


class ImportFilters(df.FilterSet):
    stage = Choices(choices=Stage.choices)
    noun = Choices(choices=Noun.choices)

    class Meta:
        model = Import
        fields: tuple[str, ...] = ()


class RowFilters(df.FilterSet):
    verdict = Choices(choices=Verdict.choices)
    noun = df.ChoiceFilter(choices=Noun.choices, help_text="What the import is about, unless said.")

    class Meta:
        model = Record
        fields: tuple[str, ...] = ()


class MappingFilters(df.FilterSet):
    noun = Choices(choices=Noun.choices)
    name = df.CharFilter()

    class Meta:
        model = SavedMapping
        fields: tuple[str, ...] = ()
