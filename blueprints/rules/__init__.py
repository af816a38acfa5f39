"""Conditions as data: what is a tree of tests, whether it holds, what failed first, how it reads, and the same in SQL.

A tree is {"all": [...]} or {"any": [...]} over tests and groups of tests, groups one level deep; {} always holds. A
test is {"fact": "contract.renewal_on", "within_days": 180}, and may say "fresh_days": how old the fact may be at most.
`event.<x>` is a fact of the event that a play listens to, every other name one of the account's. What isn't known, or
is older than allowed, fails every test but {"known": false}.
"""

from blueprints.rules.asked import askable, asked_of, is_amount
from blueprints.rules.comparisons import COMPARISONS, FITTING, MOST_CHOICES, Facts, Known, Test, fitting
from blueprints.rules.schema import schema
from blueprints.rules.sql import condition
from blueprints.rules.tree import GROUPS, MOST_TESTS, Tree, first_failed, holds, in_the_way, names, tests, validate
from blueprints.rules.words import said, sentence, sentences, typed_wrong

__all__ = [
    "COMPARISONS", "FITTING", "GROUPS", "MOST_CHOICES", "MOST_TESTS", "Facts", "Known", "Test", "Tree", "askable",
    "asked_of", "condition", "first_failed", "fitting", "holds", "in_the_way", "is_amount", "names", "said", "schema",
    "sentence", "sentences", "tests", "typed_wrong", "validate",
]  # fmt: skip
