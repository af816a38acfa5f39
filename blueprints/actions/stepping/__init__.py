"""Runs in motion: begun by the thousand, moved step by step, left when their reason is gone."""

from blueprints.actions.stepping.beginning import begin
from blueprints.actions.stepping.leaving import leave
from blueprints.actions.stepping.moving import advance, waiting_tenants, wake
from blueprints.actions.stepping.pace import STEPS

__all__ = ["STEPS", "advance", "begin", "leave", "waiting_tenants", "wake"]
