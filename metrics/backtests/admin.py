"""Back-tests in the workspace's admin, to be read."""

from accounts.admin import register
from metrics.backtests.models import BackTest, FoundMatch

register(BackTest, FoundMatch)
