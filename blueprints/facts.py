"""What happens in this room, said once: kinds of events that plays leave on the timeline."""

from django.utils.translation import gettext_lazy as _

from accounts.registry import FirstStep, declare, first_step
from accounts.roles import Permission
from blueprints.models import Play, PlayState

declare("run.started", "Play started", "{play}: {tasks} tasks, because {because}", icon="play")
declare("play.switched_on", "Play switched on", "{play} is on", icon="circle-play")
declare("play.paused", "Play paused", "{play} is paused", icon="circle-pause")
declare("play.revised", "Play revised", "{play} is now version {number}", icon="pencil")

first_step(
    FirstStep(
        "play",
        _("Switch on the first play"),
        _("When something happens, the right people get the right tasks by themselves."),
        "blueprints:play-list",
        Permission.PLAY_EDIT,
        # What the library brings is on in its first version; a person's switch counts one up.
        lambda: Play.objects.filter(state=PlayState.ON, version__gt=1),
    )
)
