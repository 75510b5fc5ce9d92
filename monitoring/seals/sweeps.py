"""Sealing, sending seals outside and verifying, as sweeps of the slow lane: none of it may hold up an assessment."""

from monitoring.due.registry import Lane, Sweep, register
from monitoring.seals import background, dispatch, schedule

register(
    Sweep(
        name="seal",
        task="seals.seal",
        due=schedule.sealing_due,
        run=schedule.run_sealing,
        back_off=schedule.back_off,
        lane=Lane.SLOW,
    )
)
register(
    Sweep(
        name="seal_dispatch",
        task="seals.dispatch",
        due=dispatch.dispatches_due,
        run=dispatch.dispatch,
        back_off=dispatch.back_off,
        lane=Lane.SLOW,
    )
)
register(
    Sweep(
        name="verify",
        task="seals.verify",
        due=background.verifications_due,
        run=background.run_verification,
        back_off=background.back_off,
        lane=Lane.SLOW,
    )
)
