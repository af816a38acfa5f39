"""Texts with variables: filled from a list, escaped for where they go, and never a way to anything else."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blueprints import texts
from blueprints.texts import Broken, Channel

VALUES = {"account.name": "Globex & <Sons>", "csm.name": "Cass", "fact.contract.arr": "$12,000", "event.name": "Kim"}


def test_variables_are_filled_from_the_values():
    said = texts.render("Dear {{ csm.name }}, {{account.name}} pays {{ fact.contract.arr }}.", VALUES)
    assert said == "Dear Cass, Globex & <Sons> pays $12,000."


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        (Channel.PLAIN, "Globex & <Sons>"),
        (Channel.HTML, "Globex &amp; &lt;Sons&gt;"),
        (Channel.SLACK, "Globex &amp; &lt;Sons&gt;"),
    ],
)
def test_each_channel_escapes_values_its_own_way(channel, said):
    assert texts.render("{{ account.name }}", VALUES, channel) == said


def test_slack_calls_nobody_together():
    assert texts.render("{{ account.name }}", {"account.name": "<!channel>"}, Channel.SLACK) == "&lt;!channel&gt;"


def test_a_variable_without_value_breaks_the_text():
    for values in ({}, {"account.name": None}, {"account.name": ""}, {"account.name": {"a": 1}}):
        with pytest.raises(Broken, match=r"no value for “account\.name”"):
            texts.render("{{ account.name }}", values)


@pytest.mark.parametrize("bad", ["a\r\nBcc: x@y.test", "a\nb", "a\rb", "a\x0bb", "a\u2028b", "a\x85b", "a\x00b"])
def test_a_value_never_breaks_a_line(bad):
    with pytest.raises(Broken):
        texts.render_line("About {{ account.name }}", {"account.name": bad})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{{ account.password }}", "“account.password” is no variable."),
        ("{{ account.name.__class__ }}", "“account.name.__class__” is no variable."),
        ("{{ account.save() }}", "“{{” stands alone: variables look like {{ account.name }}."),
        ("{% for a in b %}", "“{%” stands alone: variables look like {{ account.name }}."),
        ("{{ fact.unknown.one }}", "“fact.unknown.one” is no variable."),
        ("{{ account.name", "“{{” stands alone: variables look like {{ account.name }}."),
        ("a\x00b", "It has characters that can't be shown."),
        (5, "This must be a text."),
    ],
)
def test_what_is_wrong_is_said_before_saving(text, problem):
    assert texts.problems(text, facts={"contract.arr"}) == [problem]


def test_what_is_right_has_no_problems():
    said = "{{ account.name }} {{ contact.first_name }} {{ event.moved_to }} {{ account.custom.tier }} {{ because }}"
    assert texts.problems(said + " {{ fact.contract.arr }}", facts={"contract.arr", "custom.tier"}) == []
    assert texts.problems("{{ contact.name }}", contact=False) == ["“contact.name”: no contact is addressed here."]
    assert texts.line_problems("a\nb") == ["This must be one line."]


def test_paragraphs_hold_no_markup():
    assert texts.paragraphs("Dear <b>\nKim\n\n\nBye & so") == "<p>Dear &lt;b&gt;<br>\nKim</p>\n<p>Bye &amp; so</p>"


class Secretive(dict):
    """Would tell its secret to anybody who looked for an attribute."""

    secret = "s3cret"


PIECES = st.sampled_from(
    ["{{", "}}", " ", "account.name", "account", ".secret", ".__class__", "__init__", "%}", "{%", "\n", "a", "fact.x"]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=12).map("".join))
ANY = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.lists(st.integers()))


@settings(max_examples=60, deadline=None)
@given(text=TEXTS, value=ANY, channel=st.sampled_from(list(Channel)))
def test_rendering_says_only_what_it_was_given_or_breaks(text, value, channel):
    values = Secretive({"account.name": value})
    try:
        said = texts.render(text, values, channel)
    except Broken:
        return
    assert "s3cret" not in said
    assert texts.VARIABLE.sub("", text) == text or value not in (None, "")
    if channel is Channel.HTML and texts.names(text) == ["account.name"]:
        assert "<" not in said.replace(texts.VARIABLE.sub("", text), "") or "<" in text


@settings(max_examples=60, deadline=None)
@given(text=st.one_of(TEXTS, ANY))
def test_judging_a_text_never_raises_and_a_good_one_renders(text):
    if texts.problems(text, facts={"x"}) == []:
        values = dict.fromkeys(texts.names(text), "v")
        assert "{{" not in texts.render(text, values)
    texts.line_problems(text)


@settings(max_examples=60, deadline=None)
@given(value=st.text(max_size=40))
def test_a_payload_survives_its_journey_as_json(value):
    if value:
        said = texts.render("{{ account.name }}", {"account.name": value})
        assert json.loads(json.dumps({"a": said}))["a"] == value


@settings(max_examples=60, deadline=None)
@given(value=st.text(max_size=40))
def test_a_line_is_one_line_or_refused(value):
    try:
        line = texts.render_line("{{ account.name }}", {"account.name": value})
    except Broken:
        return
    assert len(line.splitlines()) <= 1
