"""Attempts out of a seed: which caller asks for what, by which method, with which of the rival's things, and where."""

from __future__ import annotations

import json
import math
import random
import re
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from tests.architecture.story import NOWHERE, Story
from tests.fuzz.surface import Surface, Target

PLACE = re.compile(r"<(?:[a-z]+:)?([a-z_0-9]+)>|\{([a-z_]+)\}|\(\?P<([a-z0-9_]+)>[^)]*\)|<path:[a-z_]+>")
NUMBERED = re.compile(r"/([a-z-]+)/\d+(?=/|$)")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
OFTEN, READ = (8, 8, 1, 1, 1, 1, 1), (24, 6, 1, 1, 1, 1, 1)
VECTORS = ("path", "query", "form", "json", "header")
NOBODY = "zqknownqz-nobody"
HEADERS = (
    "X-Tenant", "X-Tenant-Id", "X-Workspace", "X-Forwarded-Host", "X-Original-Url", "X-Rewrite-Url", "Referer",
    "HX-Current-Url", "HX-Target", "Idempotency-Key", "If-Match", "X-User-Id", "X-Http-Method-Override",
)  # fmt: skip
SENT = ("track", "identify", "group", "page", "batch", "import", "alias")
# What each sort of caller asks for, and how much of it.
KINDS = {
    "member": {"page": 0.4, "form": 0.5, "operator": 0.1}, "stranger": {"page": 0.4, "public": 0.4, "shared": 0.2},
    "key": {"api": 1.0}, "sender": {"public": 1.0}, "visitor": {"shared": 1.0},
}  # fmt: skip
FORM = "application/x-www-form-urlencoded"


def _encoded(said: dict[str, Any]) -> str:
    return urlencode({name: "" if value is None else value for name, value in said.items()}, doseq=True)


@dataclass(frozen=True)
class Asked:
    """A request as it goes out."""

    method: str
    path: str
    data: str = ""
    content_type: str = ""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Attempt:
    caller: str
    vector: str
    kind: str
    foreign: Asked
    control: Asked
    values: tuple[str, ...]


@dataclass
class Maker:
    surface: Surface
    story: Story
    theirs: Story
    words: tuple[str, ...]  # what an attacker may know of the rival: slug, tokens, external ids, addresses of mail
    callers: dict[str, str]  # name to sort
    dice: random.Random
    token: str = ""  # of the link that our own visitor holds
    theirs_slug: str = "rival"
    by_kind: dict[str, list[Target]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for target in self.surface.targets:
            self.by_kind.setdefault(target.kind, []).append(target)
        self.ids = [(model, pk) for model, pks in self.theirs.ids.items() for pk in pks]

    def attempts(self, caller: str, how_many: int) -> list[Attempt]:
        sort = self.callers[caller]
        found = []
        for kind, weight in KINDS[sort].items():
            pool, share = self.by_kind[kind], math.ceil(how_many * weight)
            self.dice.shuffle(pool)
            found += [self._attempt(caller, pool[n % len(pool)]) for n in range(share)]
        return found

    def _attempt(self, caller: str, target: Target) -> Attempt:
        vectors = VECTORS if PLACE.search(target.path) else VECTORS[1:]
        likely = {"form": ("form", "form", "json", "query", "path"), "page": (*vectors, "query", "query", "header")}
        more = ("path",) if "path" in vectors and target.kind != "form" else ()
        vector = self.dice.choice((*likely.get(target.kind, vectors), *more))
        often = READ if target.kind == "page" else OFTEN
        method = target.method if target.method and self.dice.random() < 0.85 else self.dice.choices(METHODS, often)[0]
        state = self.dice.getrandbits(32)
        values: list[str] = []
        foreign = self._ask(target, method, vector, random.Random(state), real=True, values=values)
        control = self._ask(target, method, vector, random.Random(state), real=False, values=[])
        return Attempt(caller, vector, target.kind, foreign, control, tuple(values))

    def _ask(
        self, target: Target, method: str, vector: str, dice: random.Random, *, real: bool, values: list[str]
    ) -> Asked:
        path = self._path(target, vector, dice, real=real, values=values)
        said = dict(target.said)
        if vector == "query":
            names = dice.sample(sorted(self.surface.names), 3)
            pairs = [f"{name}={self._value(dice, name, real=real, values=values)}" for name in names]
            return Asked(method, path + "?" + "&".join(pairs), *self._body(target, said))
        if vector == "header":
            names = dice.sample(HEADERS, 2)
            headers = tuple((name, self._value(dice, name, real=real, values=values)) for name in names)
            return Asked(method, path, *self._body(target, said), headers=headers)
        if vector in ("form", "json"):
            method = method if method not in ("GET", "HEAD", "OPTIONS") else "POST"
            self._put_in(said, dice, real=real, values=values)
        if vector == "json" or target.kind == "api":
            return Asked(method, path, json.dumps(said), "application/json")
        return Asked(method, path, _encoded(said), FORM)

    @staticmethod
    def _body(target: Target, said: dict[str, Any]) -> tuple[str, str]:
        return (json.dumps(said), "application/json") if target.kind == "api" else (_encoded(said), FORM)

    def _put_in(self, said: dict[str, Any], dice: random.Random, *, real: bool, values: list[str]) -> None:
        """Mostly into one or two of its own fields, so that the rest of it stays good; sometimes into new ones."""
        names = [name for name in said if name not in ("version", "csrfmiddlewaretoken")]
        few = dice.sample(names, min(len(names), dice.choice((1, 1, 2)))) if names and dice.random() < 0.8 else []
        for name in few or dice.sample(sorted(self.surface.names), 3):
            value = self._value(dice, name, real=real, values=values)
            said[name] = [value] if isinstance(said.get(name), list) else value

    def _path(self, target: Target, vector: str, dice: random.Random, *, real: bool, values: list[str]) -> str:
        elsewhere = vector == "path" and dice.random() < 0.15
        # Ids of the rival's below our own link; their link at their own address is no attempt, it is a visit.
        ours = target.kind == "shared" and (elsewhere or dice.random() < 0.7)
        at = replace(target, path=target.path.replace("<str:token>", self.token)) if ours else target
        path = self._inside(at, vector, dice, real=real, values=values)
        if target.kind not in ("page", "form", "operator", "shared") or path.startswith("/w/acme/"):
            return path
        return f"/w/{(self.theirs_slug if real else 'nobody') if elsewhere else 'acme'}{path}"

    def _inside(self, target: Target, vector: str, dice: random.Random, *, real: bool, values: list[str]) -> str:
        if target.path.startswith("/v1/"):
            return "/v1/" + dice.choice(SENT)
        if target.kind == "form":
            return self._elsewhere(target, dice, real=real, values=values) if vector == "path" else target.path
        if vector != "path":
            return PLACE.sub("1", target.own)
        return PLACE.sub(lambda found: self._segment(found, dice, real=real, values=values), target.path)

    def _elsewhere(self, target: Target, dice: random.Random, *, real: bool, values: list[str]) -> str:
        """A form that is filled in well, sent to where one of the rival's would be."""

        def theirs(found: re.Match[str]) -> str:
            noun = found[1].replace("-", "").rstrip("s")
            return f"/{found[1]}/{self._id(dice, noun, real=real, values=values)}"

        return NUMBERED.sub(theirs, target.own)

    def _segment(self, found: re.Match[str], dice: random.Random, *, real: bool, values: list[str]) -> str:
        name = found[1] or found[2] or found[3] or ""
        if own := self.story.words.get(name):
            return own[0]
        if found[0].startswith("<str:") or name in ("external_id", "uidb36", "key"):
            return self._word(dice, real=real, values=values)
        return self._id(dice, name, real=real, values=values)

    def _value(self, dice: random.Random, name: str, *, real: bool, values: list[str]) -> str:
        worded = name in ("external_id", "code", "Idempotency-Key", "X-Tenant", "X-Workspace", "Referer", "q", "email")
        if worded or dice.random() < 0.15:
            return self._word(dice, real=real, values=values)
        return self._id(dice, name, real=real, values=values)

    def _id(self, dice: random.Random, name: str, *, real: bool, values: list[str]) -> str:
        """Often of the kind that the name says, else of any."""
        like = [pk for model, pk in self.ids if model.lower().startswith(name.replace("_", "")[:6])]
        people = ("csm", "ae", "owner", "assignee", "lead", "rep", "by", "user", "delivery", "manager", "organizer")
        like = self.theirs.ids["User"] if name in people else like
        pk = dice.choice(like) if like and dice.random() < 0.6 else dice.choice(self.ids)[1]
        values.append(str(pk))
        return str(pk if real else NOWHERE)

    def _word(self, dice: random.Random, *, real: bool, values: list[str]) -> str:
        word = dice.choice(self.words)
        values.append(word)
        return word if real else NOBODY
