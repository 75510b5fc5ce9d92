"""Why somebody reaches a patient on no ward of theirs. Upper rooms register theirs: calls go up, imports do not.

A reason is a condition on stays that PostgreSQL judges whenever it is asked, by its own clock: it is never granted nor
taken away, so that it cannot be forgotten. It lends no role that the person does not hold on some ward: a nurse who is
called is a nurse there, and somebody without any role reaches nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, Exists, Expression, Func, OuterRef, Q, TextField, Value, When

from wards.models import Role, Staff, Stay
from wards.rights import ON_A_STAY, RULES, SURGEONS, May


@dataclass(frozen=True, slots=True)
class Reason:
    """`holds`: on which rows of Stay, for a person. `roles`: those that it lends; `lends`: what may be done by them.

    `name` is what the audit log says of whatever was done by it.
    """

    name: str
    holds: Callable[[Staff], Q]
    roles: frozenset[Role]
    lends: frozenset[May]

    def roles_for(self, what: May) -> frozenset[Role]:
        """The roles by which it lets somebody do this; none where it lends that to nobody."""
        return self.roles & RULES[what] if what in self.lends else frozenset()


_reasons: dict[str, Reason] = {}


def register(reason: Reason) -> None:
    _reasons[reason.name] = reason


def registered() -> tuple[Reason, ...]:
    return tuple(_reasons.values())


def by_reason(staff: Staff, what: May, roles: frozenset[Role]) -> Q:
    """The condition on rows of Stay that some reason lets the person do this there, by one of these roles of theirs."""
    found = Q(pk__in=[])
    for reason in registered():
        if reason.roles_for(what) & roles:
            found |= reason.holds(staff)
    return found


def names_held(staff: Staff, stay: str = "pk") -> Expression:
    """For a query of stays, or of rows that name one as `stay`: the names of the reasons that hold there, as a list."""
    names = [
        Case(
            When(Exists(Stay.objects.filter(reason.holds(staff), pk=OuterRef(stay))), then=Value(reason.name)),
            output_field=TextField(),
        )
        for reason in registered()
    ]
    return Func(
        *names, template="ARRAY_REMOVE(ARRAY[%(expressions)s]::text[], NULL)", output_field=ArrayField(TextField())
    )


register(Reason("treating", lambda staff: Q(responsible_surgeon=staff), SURGEONS, ON_A_STAY))
