"""What to do (protocol §6). An alert is never held back for treatment; only the recommended action depends on it."""

from collections.abc import Collection

from monitoring.protocol.vocabulary import SEVERE_RULES, Action, Level, Rule

ACTION_BELOW_CRITICAL = {
    Level.STABLE: (),
    Level.WATCH: (Action.RECHECK,),
    Level.CONCERN: (Action.REVIEW,),
}


def actions_for(level: Level, rules: Collection[Rule], has_reason: bool) -> tuple[Action, ...]:
    """The actions at `level`, where `rules` hold, and the severe run has a reason for exploration or has none."""
    if level is not Level.CRITICAL:
        return ACTION_BELOW_CRITICAL[level]
    severe = not SEVERE_RULES.isdisjoint(rules)
    if severe and has_reason:
        return (Action.IMAGE_AND_EXPLORE,)
    urgent_imaging = (Action.URGENT_IMAGING,) if Rule.WIDESPREAD_DROP in rules or Rule.RED_FLAG in rules else ()
    treat_and_recheck = (Action.TREAT_AND_RECHECK,) if severe else ()
    return urgent_imaging + treat_and_recheck
