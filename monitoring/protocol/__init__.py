"""The escalation protocol: pure functions of a stay's history, the ward's settings and an instant.

Standard library only: no clock, no input or output, no Django. Source: the escalation protocol of this project
(docs/protocol.md), after the paper on lower-limb weakness after posterior lumbar fusion.
"""

from monitoring.protocol.assess import assess
from monitoring.protocol.assessment import Assessment, Reference
from monitoring.protocol.causes import Cause
from monitoring.protocol.changes import Moment, next_change, passage
from monitoring.protocol.events import Check, Event, Operation, ReferenceAccepted, Timeline, Treatment
from monitoring.protocol.findings import Finding, MuscleFinding
from monitoring.protocol.rounds import repeated_looks
from monitoring.protocol.settings import InvalidSettings, ScheduleRow, Settings
from monitoring.protocol.vocabulary import FLAGS, LEVELS, MUSCLES, MYOTOMES, SIDES, Action, Level, Muscle, Reason, Rule
from monitoring.protocol.wire import InvalidTimeline, parse_now, parse_timeline

__all__ = [
    "FLAGS",
    "LEVELS",
    "MUSCLES",
    "MYOTOMES",
    "SIDES",
    "Action",
    "Assessment",
    "Cause",
    "Check",
    "Event",
    "Finding",
    "InvalidSettings",
    "InvalidTimeline",
    "Level",
    "Moment",
    "Muscle",
    "MuscleFinding",
    "Operation",
    "Reason",
    "Reference",
    "ReferenceAccepted",
    "Rule",
    "ScheduleRow",
    "Settings",
    "Timeline",
    "Treatment",
    "assess",
    "next_change",
    "parse_now",
    "parse_timeline",
    "passage",
    "repeated_looks",
]
