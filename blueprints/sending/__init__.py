"""The only door to other systems: one message, one address, no way into a private network, and never for long."""

from blueprints.sending.addresses import problem_with
from blueprints.sending.answer import GONE, Answer
from blueprints.sending.letters import mail
from blueprints.sending.sealing import Unreadable, seal, unseal
from blueprints.sending.wire import post, signed

__all__ = ["GONE", "Answer", "Unreadable", "mail", "post", "problem_with", "seal", "signed", "unseal"]
