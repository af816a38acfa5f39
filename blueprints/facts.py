"""What happens in this room, said once: kinds of events that plays leave on the timeline."""

from accounts.registry import declare

declare("run.started", "Play started", "{play}: {tasks} tasks, because {because}", icon="play")
declare("play.switched_on", "Play switched on", "{play} is on", icon="circle-play")
declare("play.paused", "Play paused", "{play} is paused", icon="circle-pause")
declare("play.revised", "Play revised", "{play} is now version {number}", icon="pencil")
