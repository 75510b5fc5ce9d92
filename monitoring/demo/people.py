"""The demo's two wards and who works there. One password for all: it is printed wherever the demo is loaded."""

from __future__ import annotations

from dataclasses import dataclass

from monitoring.escalation.models import Contact
from wards.models import Post, Role

PASSWORD = "spinewatch-demo"


@dataclass(frozen=True, slots=True)
class DemoWard:
    code: str
    name: str
    phone: str
    surgeon_phone: str
    beds: int
    time_zone: str = "Europe/London"


@dataclass(frozen=True, slots=True)
class Person:
    username: str
    given: str
    family: str
    role: Role
    wards: tuple[str, ...]
    phone: str = ""


SPINE = DemoWard("7B", "Spine ward 7B", "ext. 4720", "ext. 4700", beds=16)
NEIGHBOUR = DemoWard("8C", "Orthopaedic ward 8C", "ext. 4830", "ext. 4700", beds=6)
WARDS = (SPINE, NEIGHBOUR)

STAFF = (
    Person("alice", "Alice", "Okonkwo", Role.NURSE, ("7B",)),
    Person("ben", "Ben", "Lindqvist", Role.NURSE, ("7B",)),
    Person("mei", "Mei", "Tanaka", Role.NURSE, ("7B",)),
    Person("carol", "Carol", "Whitaker", Role.CHARGE_NURSE, ("7B",), "ext. 4725"),
    Person("sam", "Samuel", "Adler", Role.SURGEON, ("7B",), "ext. 4741"),
    Person("ines", "Inês", "Carvalho", Role.SURGEON, ("7B", "8C"), "+44 20 7946 0142"),
    Person("omar", "Omar", "Farouk", Role.NURSE, ("8C",)),
    Person("dana", "Dana", "Petrova", Role.ADMINISTRATOR, ("7B", "8C")),
    Person("noel", "Noel", "Baxter", Role.ADMINISTRATOR, ("7B",)),  # what one proposes another approves
    Person("rhea", "Rhea", "Iyer", Role.REGISTRY_LEAD, ("7B", "8C")),
)

# Who is on from seven to seven: crews take turns. Everybody whom the README names is there whenever it is tried.
SHIFTS: dict[str, dict[Post, tuple[tuple[str, ...], ...]]] = {
    "7B": {
        Post.NURSE: (("alice", "ben"), ("alice", "mei")),
        Post.CHARGE_NURSE: (("carol",),),
        Post.SURGEON_ON_CALL: (("sam",),),
        Post.SECOND_ON_CALL: (("ines",),),
    },
    "8C": {Post.NURSE: (("omar",),), Post.SURGEON_ON_CALL: (("ines",),)},
}
PHONES = {Contact.Purpose.WARD_PHONE: "bleep", Contact.Purpose.SITE_NUMBER: "switchboard"}


def working_on(ward: str, role: Role) -> tuple[Person, ...]:
    return tuple(person for person in STAFF if person.role is role and ward in person.wards)


def accounts() -> str:
    """The block that tells a newcomer how to sign in."""
    lines = [f"Demo accounts (password of all: {PASSWORD})"]
    for person in STAFF:
        job = f"{person.role.label}, {' and '.join(person.wards)}"
        lines.append(f"  {person.username:<7} {job:<27} {person.given} {person.family}")
    return "\n".join([*lines, "A patient gets worse while you watch:  make manage ARGS='demo --play'"])
