"""People, places and operations: who lies where, who looks after them, and what was operated."""

from wards.models.entries import ClinicalEntry, EntryQuerySet, EntryT, NextPlace, entries_of
from wards.models.operations import Level, Operation
from wards.models.people import Bed, Membership, ProtocolVersion, Role, Staff, Ward
from wards.models.stays import Episode, Move, Patient, Stay

__all__ = [
    "Bed",
    "ClinicalEntry",
    "EntryQuerySet",
    "EntryT",
    "Episode",
    "Level",
    "Membership",
    "Move",
    "NextPlace",
    "Operation",
    "Patient",
    "ProtocolVersion",
    "Role",
    "Staff",
    "Stay",
    "Ward",
    "entries_of",
]
