"""The only door to other systems: one message, one address, no way into a private network, and never for long."""

from blueprints.sending.addresses import problem_with
from blueprints.sending.answer import GONE, Answer
from blueprints.sending.letters import mail
from blueprints.sending.wire import post, signed

__all__ = ["GONE", "Answer", "mail", "post", "problem_with", "signed"]
