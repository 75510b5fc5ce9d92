"""What follows a proposal by itself, as sweeps. A replay may be long, so it goes in the slow lane."""

from monitoring.due.registry import Lane, Sweep, register
from monitoring.proposals import adopting, replaying
from monitoring.proposals.queries import proposals_to_bring_in_force, replays_to_go_on

register(
    Sweep(
        name="replay",
        task="proposals.replay",
        due=replays_to_go_on,
        run=replaying.go_on,
        back_off=replaying.back_off,
        lane=Lane.SLOW,
    )
)
register(
    Sweep(
        name="adopt",
        task="proposals.adopt",
        due=proposals_to_bring_in_force,
        run=adopting.bring_in_force,
        back_off=adopting.back_off,
    )
)
