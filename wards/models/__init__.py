"""People, places and operations: who lies where, who looks after them, and what was operated."""

from wards.models.entries import ClinicalEntry, EntryQuerySet, EntryT, NextPlace, entries_of
from wards.models.operations import Level, Operation, motion_segments
from wards.models.people import Bed, Display, Membership, ProtocolVersion, Role, Staff, Ward
from wards.models.rota import Allocation, Duty, Group, Post
from wards.models.stays import Absence, Episode, Move, Patient, Stay

__all__ = [
    "Absence",
    "Allocation",
    "Bed",
    "ClinicalEntry",
    "Display",
    "Duty",
    "EntryQuerySet",
    "EntryT",
    "Episode",
    "Group",
    "Level",
    "Membership",
    "Move",
    "NextPlace",
    "Operation",
    "Patient",
    "Post",
    "ProtocolVersion",
    "Role",
    "Staff",
    "Stay",
    "Ward",
    "entries_of",
    "motion_segments",
]
