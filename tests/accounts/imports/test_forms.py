"""What the mapping page may ask: the same that the file's reader and the API know."""

import pytest

from accounts.imports.api.entries import FormatEntry
from accounts.imports.forms import ENCODING_NAMES, MappingForm
from accounts.imports.models import Kind, Noun
from accounts.imports.reading.format import ENCODINGS
from tests.factories.imports import ImportFactory


def test_pages_api_and_reader_know_the_same_encodings():
    assert set(ENCODING_NAMES) == set(ENCODINGS)
    assert list(FormatEntry().fields["encoding"].choices) == list(ENCODINGS)


def test_every_kind_of_file_has_a_name():
    assert set(Kind.values) == {"csv", "xlsx", "json"}


@pytest.mark.parametrize("noun", [Noun.ACCOUNT, Noun.CONTACT, Noun.CONTRACT])
def test_where_a_column_names_people_strangers_are_asked_about(acme, noun):
    job = ImportFactory(noun=noun, columns={"0": "account.name", "1": "account.ae"})
    assert "options.people" in MappingForm(job=job).fields
