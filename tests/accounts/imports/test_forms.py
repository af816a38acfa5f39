"""What the mapping page may ask: the same that the file's reader and the API know."""

from accounts.imports.api.entries import FormatEntry
from accounts.imports.forms import ENCODING_NAMES
from accounts.imports.models import Kind
from accounts.imports.reading.format import ENCODINGS


def test_pages_api_and_reader_know_the_same_encodings():
    assert set(ENCODING_NAMES) == set(ENCODINGS)
    assert list(FormatEntry().fields["encoding"].choices) == list(ENCODINGS)


def test_every_kind_of_file_has_a_name():
    assert set(Kind.values) == {"csv", "xlsx", "json"}
