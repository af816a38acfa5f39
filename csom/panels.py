"""Which rooms show a panel on which page, in order. The pages know none of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

HOME_TOP = ("imports:start-path",)
HOME = (
    "blueprints:home-panel",
    "meetings:home-panel",
    "plans:home-panel",
    "onboarding:home-panel",
)
ACCOUNT_MAIN = ("blueprints:account-panel",)
ACCOUNT_RAIL = ("onboarding:first-impact-panel", "journeys:account-panel", "onboarding:account-panel")
# By where the task came from.
TASK = (("play", "blueprints:task-panel"), ("sign_off", "health:task-panel"))
PEOPLE = ("people:panel",)
PORTFOLIO = ("metrics:book-figures",)
PLAY = ("metrics:play-effect-panel",)
PLAYS = ("metrics:play-effects-panel",)


@dataclass(frozen=True)
class Tab:
    label: str
    url_name: str


ACCOUNT_TABS = (
    Tab("Health", "health:of-account"),
    Tab("SPICED", "journeys:spiced"),
    Tab("Impact plan", "plans:plan"),
    Tab("Critical events", "critical_events:of-account"),
    Tab("Meetings", "meetings:of-account"),
    Tab("Deployments", "deployments:of-account"),
    Tab("Usage", "usage:of-account"),
    Tab("Maturity", "maturity:of-account"),
)


def panels(request: HttpRequest) -> dict[str, object]:
    """For every template inside a workspace; outside there is nothing to put together."""
    if not hasattr(request, "tenant"):
        return {}
    return {
        "home_top_panels": HOME_TOP,
        "home_panels": HOME,
        "account_panels": ACCOUNT_MAIN,
        "account_rail_panels": ACCOUNT_RAIL,
        "account_tabs": ACCOUNT_TABS,
        "task_panels": TASK,
        "people_panels": PEOPLE,
        "portfolio_panels": PORTFOLIO,
        "play_panels": PLAY,
        "plays_panels": PLAYS,
    }
