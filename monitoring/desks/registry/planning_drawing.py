"""From a simulation to its picture. Words in pictures are English whatever the language of the page."""

from __future__ import annotations

from monitoring.registry.pictures import schedules
from monitoring.registry.pictures.render import Kind, render
from monitoring.registry.planning import Curve, Result, Schedule, curves


def picture_file(result: Result, kind: Kind) -> bytes:
    a, b = curves(result)
    plan = result.plan
    note = f"A simulation, no promise: {plan.deficits} deficits after 30 patients of one centre, seed {plan.seed}."
    figure = schedules.draw(schedules.Schedules(_curve(plan.a, a), _curve(plan.b, b), [note]))
    return render(figure, kind)


def _curve(schedule: Schedule, curve: Curve) -> schedules.Curve:
    return schedules.Curve(_name(schedule), curve.hours, curve.seen, curve.decompressed)


def _name(schedule: Schedule) -> str:
    """As short as a key has room for: "every 15 to 720 min"."""
    minutes = [row.every_minutes for row in schedule]
    least, most = min(minutes), max(minutes)
    return f"every {most} min" if least == most else f"every {least} to {most} min"
