"""What ends by itself, as two sweeps of the quick lane: nothing outside the database is asked."""

from monitoring.due.registry import Sweep, register
from monitoring.identity.ending import (
    account_back_off,
    accounts_past_their_day,
    end_account,
    end_session,
    session_back_off,
    sessions_past_their_hours,
)

register(
    Sweep(
        name="account",
        task="identity.end_account",
        due=accounts_past_their_day,
        run=end_account,
        back_off=account_back_off,
    )
)
register(
    Sweep(
        name="session",
        task="identity.end_session",
        due=sessions_past_their_hours,
        run=end_session,
        back_off=session_back_off,
    )
)
