"""What isn't for a reader never leaves the server: every shared address, for every audience, is looked through for
planted text. A new address is walked by itself; one that can't be asked fails here.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Contact
from accounts.tenancy.context import tenant_context
from journeys.actions import spiced
from journeys.plans.actions import comments, objectives, plans, steps, topics
from journeys.plans.models import Audience, PlanVersion
from tests.architecture.test_routes import routes
from tests.factories import plans as made
from tests.factories.accounts import TODAY
from tests.journeys.plans.shared import Visitor, elena, shared, visiting

pytestmark = pytest.mark.django_db

EVERYONE, CHAMPION, INTERNAL = Audience.EVERYONE, Audience.CHAMPION, Audience.INTERNAL
# What a planted text means by its first word: who may read it.
MAY_READ = {"champion": {"openall", "openchampion"}, "everyone": {"openall"}}
PLANTED = re.compile(r"(openall|openchampion|planted)[a-z0-9]+")


@dataclass
class Planted:
    """Texts by who may read them; each is one word, so that no layout breaks it."""

    words: set[str]

    def __call__(self, who: str, what: str) -> str:
        word = f"{who}{what}"
        assert PLANTED.fullmatch(word), word
        self.words.add(word)
        return word


WORD = {EVERYONE: "openall", CHAMPION: "openchampion", INTERNAL: "planted"}


def plant(cast: SimpleNamespace) -> SimpleNamespace:
    """One plan with something for everybody, something for the champion, and secrets wherever a secret can be."""
    put, by = Planted(set()), cast.cass
    plan = made.empty(cast)
    champion = elena(plan, name="Elena Brandt")
    reader = elena(plan, name="Tomas Ruiz", email="tomas@halden.test", buying_role="user")
    _people(plan, put)
    plans.edit(plan, {"north_star": put("openall", "northstar")}, by=by)
    for audience, who in WORD.items():
        _items(cast, plan, audience, who, put)
    _about(plan, (champion, reader), put, by)
    plans.agree(plan, by=by, note=put("planted", "versionnote"))
    _hidden_later(cast, plan, put)
    return SimpleNamespace(plan=plan, champion=champion, everyone=reader, put=put)


def _people(plan, put) -> None:
    """Everything that we know of a person and that is ours, and a person who has no part in the plan."""
    Contact.objects.filter(account=plan.account).update(
        persona=put("planted", "persona"), phone=put("planted", "phone"), moved_to=put("planted", "movedto")
    )
    elena(plan, name=put("planted", "otherperson"), email="other@halden.test", buying_role="decider")
    type(plan.account).objects.filter(pk=plan.account_id).update(
        segment=put("planted", "segment"), industry=put("planted", "industry"), region=put("planted", "region"),
        domain=put("planted", "domain"), custom={"note": put("planted", "custom")},
    )  # fmt: skip


def _items(cast, plan, audience, who, put) -> None:
    """Of each kind one of this audience, with every field filled and everything said beside it."""
    by = cast.cass
    owner = elena(plan, name=put(who, "owner"), title=put(who, "ownertitle"), email=f"{who}@halden.test")
    said = put("planted", f"source{who}")
    source = spiced.say(plan.account, "pain", said, source="call", occurred_on=TODAY, by=by)
    objective = made.objective(
        cast, plan, title=put(who, "objective"), detail=put(who, "detail"), metric=put(who, "metric"),
        unit=put(who, "unit"), audience=audience, their_owner=owner, source=source,
    )  # fmt: skip
    reading = {"evidence": put(who, "reading"), "url": f"https://{put(who, 'url')}.test/"}
    objectives.measure(objective, Decimal(7), on=TODAY, by=by, **reading)
    objectives.achieve(objective, on=TODAY, evidence=put(who, "evidence"), by=by)
    dropped = made.objective(cast, plan, title=put("planted", f"dropped{who}"), audience=audience)
    objectives.drop(dropped, reason=put("planted", f"reason{who}"), by=by)
    step = made.step(cast, plan, title=put(who, "step"), audience=audience, their_owner=owner, objective=objective)
    # A step may be for more eyes than its objective.
    made.step(cast, plan, title=put("openall", f"widestep{who}"), audience=EVERYONE, objective=objective)
    lost = made.step(cast, plan, title=put("planted", f"droppedstep{who}"), audience=audience)
    steps.drop(lost, reason=put("planted", f"stepreason{who}"), by=by)
    topic = made.topic(cast, plan, text=put(who, "topic"), response=put(who, "response"), audience=audience)
    for item, name in ((objective, "objective"), (step, "step"), (topic, "topic"), (None, "plan")):
        comments.say(plan, put(who, f"said{name}"), on=item, audience=audience, by=by)
        comments.say(plan, put("planted", f"aside{name}{who}"), on=item, audience=INTERNAL, by=by)
    comments.say(plan, put("planted", f"ondropped{who}"), on=dropped, audience=audience, by=by)
    if audience != INTERNAL:
        word = put("planted", f"statement{who}")  # what a person said to us in confirming
        objectives.confirm(objective, contact=owner, name=put(who, "signature"), statement=word, by=by)


def _about(plan, people, put, by) -> None:
    """What is open to all and about the reader isn't for the reader."""
    for person in people:
        name = person.name.split()[0].lower()
        told = {"text": put("planted", f"about{name}"), "response": put("planted", f"dealwith{name}")}
        about = topics.add(plan, told | {"about": person, "audience": EVERYONE}, by=by)
        comments.say(plan, put("planted", f"saidabout{name}"), on=about, audience=EVERYONE, by=by)


def _hidden_later(cast, plan, put) -> None:
    """What was open when a version was agreed, and is ours since; and what was ours then, and was worded to be open."""
    objective = made.objective(cast, plan, title=put("planted", "openonce"), audience=EVERYONE)
    other = made.objective(cast, plan, title=put("planted", "hiddenonce"), audience=INTERNAL)
    plans.agree(plan, contact=elena(plan, name="Ana", email="ana@halden.test"))
    objectives.edit(objective, {"audience": INTERNAL}, by=cast.cass)
    objectives.edit(other, {"audience": EVERYONE, "title": put("openall", "nowopen")}, by=cast.cass)


def about_others(name: str, put: Planted) -> set[str]:
    """Planted words that are about somebody else, and so may be read by this one."""
    suffixes = {"elena": "tomas", "tomas": "elena"}
    return {word for word in put.words if word.endswith(suffixes[name])}


def text_of(answer) -> str:
    """All that an answer carries, headers too; of a PDF, what its streams say."""
    body = answer.content
    return (pdf_text(body) if body.startswith(b"%PDF") else body.decode()) + str(answer.headers)


def pdf_text(body: bytes) -> str:
    """The texts of a document, through the map that each embedded font carries from glyphs to letters."""
    streams = [inflate(each) for each in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", body, re.DOTALL)]
    maps = [glyphs(each) for each in streams if b"beginbfchar" in each or b"beginbfrange" in each]
    shown = []
    for stream in streams:
        if b" Tj" not in stream and b"] TJ" not in stream:
            continue
        for letters in maps:
            # Kerning cuts a word into parts; the paragraph is their sum.
            shown.append("".join(decode(part, letters) for part in strings(stream)))
    return "\n".join(shown) + body.decode("latin-1")


def inflate(data: bytes) -> bytes:
    try:
        return zlib.decompress(data)
    except zlib.error:
        return data


def glyphs(cmap: bytes) -> dict[int, str]:
    found = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, letter in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(code, 16)] = bytes.fromhex(letter.decode()).decode("utf-16-be")
    return found


def strings(stream: bytes):
    for text in re.findall(rb"\(((?:\\.|[^\\()])*)\)", stream, re.DOTALL):
        yield re.sub(rb"\\(.)", lambda m: {b"n": b"\n", b"r": b"\r"}.get(m[1], m[1]), text, flags=re.DOTALL)


def decode(text: bytes, letters: dict[int, str]) -> str:
    return "".join(letters.get(int.from_bytes(text[at : at + 2], "big"), "") for at in range(0, len(text), 2))


def addresses(story: SimpleNamespace) -> list[str]:
    """Every shared address, with the ids of everything that the plan has."""
    found = []
    for _name, path, _view in routes(settings.SHARED_URLCONF):
        rest = path.removeprefix("/p/<str:token>/")
        if "<int:number>" in rest:
            found += [rest.replace("<int:number>", str(number)) for number in story.numbers]
        elif "<int:pk>" in rest:
            found += [rest.replace("<int:pk>", str(pk)) for pk in story.ids]
        else:
            found.append(rest)
    return found


@pytest.fixture
def story(acme_cast):
    with tenant_context(acme_cast.tenant):
        story = plant(acme_cast)
        plan = story.plan
        story.links = {
            "champion": shared(acme_cast, plan, story.champion), "everyone": shared(acme_cast, plan, story.everyone),
        }  # fmt: skip
        story.numbers = list(PlanVersion.objects.values_list("number", flat=True))
        story.ids = sorted(
            {pk for noun in ("objectives", "steps") for pk in getattr(plan, noun).values_list("pk", flat=True)}
        )
    return story


@pytest.mark.parametrize(("audience", "name"), [("champion", "elena"), ("everyone", "tomas")])
def test_no_planted_word_leaves_the_server(audience, name, story):
    """And every word that is theirs is on the page, or the look for the others would prove nothing."""
    visitor = visiting(story.links[audience])
    allowed = {word for word in story.put.words if PLANTED.fullmatch(word)[1] in MAY_READ[audience]}
    allowed |= about_others(name, story.put)
    seen: dict[str, set[str]] = {}
    for path in addresses(story):
        answer = visitor.get(path)
        if answer.status_code == 405:  # only to be sent to; what comes back leads to the page
            answer = visitor.post(path, {"body": "", "name": "", "value": ""})
        seen[path] = {word for word in story.put.words if word in text_of(answer)}
    leaks = {path: words - allowed for path, words in seen.items() if words - allowed}
    assert leaks == {}
    for path in ("", "plan.pdf", "plan.json"):
        mine = {w for w in allowed if not w.endswith(("ownertitle", "signature")) and not url_of(w)}
        assert mine - seen[path] == set(), path
    assert {w for w in seen["versions/1/"] if w.endswith("objective")} == {
        w for w in allowed if w.endswith("objective") and "said" not in w
    }


def url_of(word: str) -> bool:
    return word.endswith("url")


@pytest.mark.parametrize("audience", ["champion", "everyone", "internal"])
def test_our_preview_and_document_keep_to_the_audience_too(audience, story, page, acme_cast):
    cass = page(acme_cast.cass, acme_cast.tenant)
    contact = getattr(story, audience, None)
    query = f"?audience={audience}&contact={contact.pk if contact else ''}"
    told = text_of(cass.get(f"/plans/{story.plan.pk}/plan.pdf{query}"))
    if audience == "internal":
        assert "plantedobjective" in told
        assert "plantedtopic" in told
        return
    name = contact.name.split()[0].lower()
    allowed = {word for word in story.put.words if PLANTED.fullmatch(word)[1] in MAY_READ[audience]}
    allowed |= about_others(name, story.put)
    told += text_of(cass.get(f"/plans/{story.plan.pk}/preview/{query}"))
    # The choice of a person to look through is ours, and names all of them.
    assert {word for word in story.put.words if word in told} - allowed <= {
        "plantedotherperson", "plantedowner", "openchampionowner",
    }  # fmt: skip


@pytest.mark.parametrize("audience", ["champion", "everyone"])
def test_without_a_visit_nothing_of_the_plan_leaves_at_all(audience, story):
    link = story.links[audience]
    stranger = Visitor(link.slug, link.token)
    for path in addresses(story):
        for answer in (stranger.get(path), stranger.post(path)):
            found = {word for word in story.put.words if word in text_of(answer)}
            assert found == set(), path
            assert answer.status_code in (200, 302, 404, 405, 422), path


def test_what_may_not_be_read_may_not_be_acted_on(story, acme_cast):
    with tenant_context(acme_cast.tenant):
        hidden = story.plan.objectives.filter(audience="internal").values_list("pk", flat=True)
        hidden_steps = story.plan.steps.filter(audience="internal").values_list("pk", flat=True)
        targets = [f"impacts/{pk}/{verb}/" for pk in hidden for verb in ("measure", "confirm")]
        targets += [f"steps/{pk}/{verb}/" for pk in hidden_steps for verb in ("done", "reopen")]
    visitor = visiting(story.links["everyone"])
    said = {"name": "Tomas", "value": "1", "on": TODAY.isoformat()}
    assert {visitor.post(path, said).status_code for path in targets} == {404}
    for noun, pk in (("impact", hidden[0]), ("step", hidden_steps[0])):
        assert visitor.post("comments/", {"body": "x", "about": f"{noun}:{pk}"}).status_code == 422


def test_a_link_that_asks_for_more_gets_no_more(story):
    """The audience is the row's: nothing that a browser says changes it."""
    visitor = visiting(story.links["everyone"])
    for query in ("?audience=internal", "?audience=champion", f"?contact={story.champion.pk}", "?internal=1"):
        for path in ("", "plan.json"):
            page = visitor.get(path + query).content.decode()
            assert {w for w in story.put.words if w in page and not w.startswith("openall")} <= about_others(
                "tomas", story.put
            )


def test_the_shared_addresses_hang_under_the_token(acme_cast):
    assert {path.split("/")[1:3] == ["p", "<str:token>"] for _n, path, _view in routes(settings.SHARED_URLCONF)} == {
        True
    }
    assert Client().get("/w/acme/p/").status_code == 404
