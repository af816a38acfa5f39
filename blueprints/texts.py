"""What plays say: text with variables in double braces, from a list, without any logic.

Nothing is looked up but a name in a mapping, so a text can reach nothing that isn't in it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

VARIABLE = re.compile(r"\{\{\s*([a-z][a-z0-9_.@-]*)\s*\}\}")
BRACE = re.compile(r"\{\{|\}\}|\{%|%\}")
EVENT = re.compile(r"event\.[a-z][a-z0-9_]*")
OF_ACCOUNT = "account.custom."
CUSTOM = "custom."
UNKEPT = re.compile("[\\x00\\ud800-\\udfff]")  # what no text of a database may have
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
BREAK = re.compile(r"[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
FACT = "fact."
LONGEST = 20_000

VARIABLES: dict[str, str] = {
    "account.name": "Account",
    "account.domain": "Domain of the account",
    "account.industry": "Industry",
    "account.region": "Region",
    "account.segment": "Segment",
    "account.phase": "Phase",
    "contact.name": "Contact",
    "contact.first_name": "First name of the contact",
    "contact.title": "Title of the contact",
    "contact.email": "E-mail address of the contact",
    "csm.name": "CSM",
    "csm.first_name": "First name of the CSM",
    "csm.email": "E-mail address of the CSM",
    "play.name": "Play",
    "because": "Why the play matters",
}


class Channel(StrEnum):
    """Where a text goes, which decides what is escaped; JSON needs nothing here, its writer escapes."""

    PLAIN = "plain"
    HTML = "html"
    SLACK = "slack"


class Broken(ValueError):
    """A text that can't be said now: a variable without value, or a line that isn't one."""


def names(text: str) -> list[str]:
    """The variables of a text, in their order, each once."""
    return list(dict.fromkeys(VARIABLE.findall(text)))


def problems(text: object, *, facts: Collection[str] = (), contact: bool = True, event: bool = True) -> list[str]:
    """What is wrong with a text, in words, before it is saved; empty when nothing is.

    `contact`: somebody at the customer is addressed; `event`: something happened that can be named.
    """
    if not isinstance(text, str):
        return ["This must be a text."]
    if len(text) > LONGEST:
        return [f"At most {LONGEST} characters."]
    if CONTROL.search(text):
        return ["It has characters that can't be shown."]
    found = [f"“{name}” is no variable." for name in names(text) if not _known(name, facts)]
    if not event:
        own = [name for name in names(text) if EVENT.fullmatch(name)]
        found += [f"“{name}”: only a play that listens to an event can say this." for name in own]
    if not contact:
        found += [f"“{name}”: no contact is addressed here." for name in names(text) if name.startswith("contact.")]
    if left := BRACE.search(VARIABLE.sub("", text)):
        found.append(f"“{left.group()}” stands alone: variables look like {{{{ account.name }}}}.")
    return found


def line_problems(text: object, *, facts: Collection[str] = (), contact: bool = True, event: bool = True) -> list[str]:
    """The same for what must be one line, such as a subject."""
    if isinstance(text, str) and BREAK.search(text):
        return ["This must be one line."]
    return problems(text, facts=facts, contact=contact, event=event)


def render(text: str, values: Mapping[str, Any], channel: Channel = Channel.PLAIN) -> str:
    """The text with its variables filled in, each escaped for its channel. Broken where one has no value."""

    def fill(found: re.Match[str]) -> str:
        return escape(_said(found.group(1), values), channel)

    return VARIABLE.sub(fill, text)


def named(text: str, labels: Mapping[str, str]) -> str:
    """The text before anything is filled in, its variables by what people call them: Call [Contact]."""
    return VARIABLE.sub(lambda found: f"[{labels.get(found.group(1)) or _called(found.group(1))}]", text)


def _called(name: str) -> str:
    return name.rpartition(".")[2].replace("_", " ").capitalize()


def render_line(text: str, values: Mapping[str, Any]) -> str:
    """One line: a value that would break it is refused, since a mail's next line is a header."""
    line = render(text, values).strip()
    if BREAK.search(line) or CONTROL.search(line):
        raise Broken("A value would break the line.")
    return line


def escape(text: str, channel: Channel) -> str:
    if channel is Channel.HTML:
        return html.escape(text)
    if channel is Channel.SLACK:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def paragraphs(text: str) -> str:
    """A plain text as HTML: blank lines part paragraphs, and nothing in it is markup."""
    parts = [part.strip() for part in re.split(r"(?:\r?\n){2,}", text) if part.strip()]
    return "\n".join("<p>" + html.escape(part).replace("\n", "<br>\n") + "</p>" for part in parts)


def _known(name: str, facts: Collection[str]) -> bool:
    if name.startswith(FACT):
        return name.removeprefix(FACT) in facts
    if name.startswith(OF_ACCOUNT):
        return CUSTOM + name.removeprefix(OF_ACCOUNT) in facts
    return name in VARIABLES or bool(EVENT.fullmatch(name))


def keepable(value: Any) -> bool:
    """Whether every text in it can be kept at all: a zero character or half a letter is refused by the database."""
    if isinstance(value, str):
        return not UNKEPT.search(value)
    if isinstance(value, Mapping):
        return all(keepable(name) and keepable(one) for name, one in value.items())
    return all(keepable(one) for one in value) if isinstance(value, list | tuple) else True


def _said(name: str, values: Mapping[str, Any]) -> str:
    value = values.get(name)
    if value is None or value == "" or isinstance(value, list | dict):
        raise Broken(f"There is no value for “{name}”.")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
