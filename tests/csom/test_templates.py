"""What no template may say: inline code or style, unescaped text, words that can't be translated."""

import re
from pathlib import Path

import pytest

from accounts.forms.views import ViewForm

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
LONGEST = 120
FORBIDDEN = {
    "inline style": re.compile(r"""<[^>]*\sstyle\s*=\s*["']|<style\b"""),
    "inline handler": re.compile(r"""<[^>]*\son[a-z]+\s*=\s*["']"""),
    "htmx handler": re.compile(r"\bhx-on\b"),
    "evaluated value": re.compile(r"""=\s*["']\s*(?:js|javascript):"""),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>"),
    "unescaped text": re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off"),
    "class put together": re.compile(r"""class="[^"]*\b(?:text|bg|border|grid-cols)-\{\{"""),
}
# What stands between tags and isn't text: tags of the template language, its comments, whole elements without words.
NOISE = re.compile(
    r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}|\{%\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%\}"
    r"|\{%.*?%\}|\{\{.*?\}\}|\{[a-z_]+\}|<!doctype[^>]*>|<(script|svg|kbd|code|style)\b.*?</\1>",
    re.DOTALL | re.IGNORECASE,
)
TAG = re.compile(r"""<(?:[^>"']|"[^"]*"|'[^']*')*>""", re.DOTALL)
SPOKEN = re.compile(r"""\s(?:aria-label|placeholder|title|alt|label|text|hint)="([^"]*)\"""")
ENTITY = re.compile(r"&[a-z#0-9]+;")
WORD = re.compile(r"[A-Za-z]{3,}")
# The same in every language, or a sample on the styleguide.
NAMES = {"CSOM", "ARR", "CSM", "SPICED", "CSV", "API", "UTC", "JSON", "URL", "NRR", "GRR", "SLA"}


def where(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


def words(text: str) -> list[str]:
    return [word for word in WORD.findall(ENTITY.sub(" ", text)) if word not in NAMES]


def untranslated(source: str) -> list[str]:
    bare = NOISE.sub(" ", source)
    found = [part.strip() for part in TAG.split(bare) if words(part)]
    return found + [value for value in SPOKEN.findall(bare) if words(value)]


@pytest.mark.parametrize("path", TEMPLATES, ids=where)
@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_template_keeps_to_the_strict_policy(path, name):
    assert FORBIDDEN[name].search(path.read_text()) is None


@pytest.mark.parametrize("path", TEMPLATES, ids=where)
def test_a_template_fits_into_the_eye(path):
    assert len(path.read_text().splitlines()) <= LONGEST


@pytest.mark.parametrize("path", [p for p in TEMPLATES if "_styleguide" not in p.name], ids=where)
def test_every_word_can_be_translated(path):
    if path.name == "styleguide.html" or path.suffix != ".html":
        pytest.skip("samples")
    assert untranslated(path.read_text()) == []


@pytest.mark.parametrize("source", ["<p>Hello there</p>", '<a title="Open it">{{ x }}</a>', "<b>{{ n }} accounts</b>"])
def test_the_guard_sees_words_that_nobody_could_translate(source):
    assert untranslated(source)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("inline style", '<p style="color: red">'),
        ("inline handler", '<a onclick="go()">'),
        ("inline script", "<script>go()</script>"),
        ("unescaped text", "{{ note|safe }}"),
        ("evaluated value", '<a href="javascript:go()">'),
        ("class put together", '<p class="text-{{ tone }}">'),
    ],
)
def test_the_guard_sees_what_the_policy_would_refuse(name, source):
    assert FORBIDDEN[name].search(source)


def test_only_the_tags_mark_text_as_safe():
    marking = [
        str(path.relative_to(ROOT))
        for room in ("accounts", "blueprints", "journeys", "metrics", "csom")
        for path in (ROOT / room).rglob("*.py")
        if "mark_safe" in path.read_text()
    ]
    assert sorted(marking) in (["csom/templatetags/panels.py", "csom/templatetags/ui.py"], ["csom/templatetags/ui.py"])


def test_the_stylesheet_is_in_files_that_can_be_read():
    for path in (ROOT / "csom/assets").rglob("*.css"):
        lines = path.read_text().splitlines()
        assert len(lines) <= 250, path.name
        assert max(map(len, lines)) <= 160, path.name


@pytest.mark.parametrize("page", ["500.html", "503.html", "403_csrf.html"])
def test_the_last_pages_stand_alone(page):
    source = (ROOT / "templates" / page).read_text()
    assert "extends" not in source
    assert "include" not in source
    assert "{{" not in source


def test_no_field_cuts_what_is_pasted():
    """A browser shortens to `maxlength` without a word; the form says by name what is too long."""
    shown = str(ViewForm({"name": "x" * 61}, may_share=True)["name"])
    assert "maxlength" not in shown
    assert "x" * 61 in shown
    assert 'name="name"' in shown


@pytest.mark.django_db
def test_what_a_component_is_given_is_no_attribute_of_its_element(client):
    """A form would go over the wire twice, once within the tag that opens it."""
    opened = re.search(r"<form[^>]*", client.get("/accounts/password/reset/").content.decode())
    assert opened
    assert " form=" not in opened[0]
