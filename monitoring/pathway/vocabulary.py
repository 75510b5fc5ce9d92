"""What was found, in the paper's own terms (protocol §11): its causes of weakness and their sub-causes."""

from __future__ import annotations

import re

from django.db import models
from django.utils.translation import gettext_lazy as _


class Finding(models.TextChoices):
    """A cause with its sub-cause, as "cause.sub_cause". The causes' names are those of the protocol (§9)."""

    MALPOSITION = "fixation.malposition", _("fixation: screw malposition")
    LOOSE_SCREW = "fixation.loose_screw", _("fixation: loose screw")
    CAGE_HERNIATION = "fixation.cage_herniation", _("fixation: cage herniation")
    EPIDURAL_HAEMATOMA = "epidural_haematoma", _("epidural haematoma")
    OSSIFIED_LIGAMENT = (
        "insufficient_decompression.ossified_ligamentum_flavum",
        _("insufficient decompression: ossified ligamentum flavum"),
    )
    OTHER_SIDE = (
        "insufficient_decompression.new_weakness_other_side",
        _("insufficient decompression: new weakness on the other side"),
    )
    DECOMPRESSION_OTHER = "insufficient_decompression.other", _("insufficient decompression: other")
    ROOT_OEDEMA = "root_oedema", _("nerve-root oedema")
    NONE_FOUND = "none_found", _("none found")

    @property
    def cause(self) -> str:
        """One of the protocol's four causes; "none_found" is none of them."""
        return self.value.partition(".")[0]

    @property
    def sub_cause_words(self) -> str:
        """The sub-cause alone as people call it: what follows the colon of its label, which each language writes so."""
        return re.split(r"[:：]\s*", str(self.label), maxsplit=1)[-1]

    @property
    def sub_cause(self) -> str:
        """Empty where the paper divides the cause no further."""
        return self.value.partition(".")[2]


class Indication(models.TextChoices):
    """Why somebody is operated again. Only a deficit is a case of the registry (protocol §11)."""

    DEFICIT = "deficit", _("weakness or another deficit")
    EXUDATION = "exudation", _("wound exudation")
    INFECTION = "infection", _("wound infection")
    FOREIGN_BODY = "foreign_body", _("foreign body")
    OTHER = "other", _("another reason")


class FoundSide(models.TextChoices):
    """Where a finding lies; left and right are the patient's. Empty means that nobody said."""

    LEFT = "left", _("left")
    RIGHT = "right", _("right")
    BOTH = "both", _("both sides")
    CENTRAL = "central", _("central")
