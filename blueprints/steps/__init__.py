"""What a play does, as data: kinds of steps with their fields, what is wrong with a list of them, and its schema."""

from blueprints.steps.checks import errors, validate
from blueprints.steps.kinds import CSM_ROLES, KINDS, ROLES, RUN_FACTS, Known, Step, customer_sees, kind_of, plain
from blueprints.steps.schema import play_schema

__all__ = [
    "CSM_ROLES", "KINDS", "ROLES", "RUN_FACTS", "Known", "Step", "customer_sees", "errors", "kind_of", "plain",
    "play_schema", "validate",
]  # fmt: skip
