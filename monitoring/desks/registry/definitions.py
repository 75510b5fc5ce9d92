"""Who is counted and how, and what in the paper does not add up: in words, for the page of definitions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from monitoring.registry.cohort import FOLLOWED_DAYS
from monitoring.registry.disclosure import FEW


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, words with their meanings, and plain paragraphs."""

    title: str
    lines: Sequence[tuple[str, str]] = ()
    paragraphs: Sequence[str] = ()


def definitions() -> list[Section]:
    return [_counted(), _measured(), _computed(), _not_adding_up(), _taken_out()]


def _counted() -> Section:
    days = {"days": FOLLOWED_DAYS}
    return Section(
        _("Who is counted"),
        [
            (_("Included"), _("every stay with an index posterior lumbar fusion, recorded here or imported")),
            (
                _("Case"),
                _(
                    "a secondary operation for a deficit that met the protocol’s severe findings: a fall to grade 0 or "
                    "1, or a drop of three grades or more. A patient is one case, however often they were operated"
                ),
            ),
            (
                _("No case, and in the denominator"),
                _(
                    "a severe deficit that conservative treatment ameliorated, or that was not operated for another "
                    "reason; a re-operation for wound exudation, infection, a foreign body, another reason, or a "
                    "deficit below the severe findings"
                ),
            ),
            (
                _("Not yet, or no more, in the denominator"),
                _(
                    "operations of less than %(days)d days ago, whatever happened since; patients who left for another "
                    "hospital or died before day %(days)d without any of the above, and imported ones of whom nobody "
                    "knows how they left. The paper saw weakness begin until day %(days)d"
                )
                % days,
            ),
        ],
    )


def _measured() -> Section:
    return Section(
        _("What is measured"),
        [
            (
                _("Onset"),
                _(
                    "days of 24 h from the end of the index operation until a check first found the deficit, at least "
                    "1: the paper counts from day 1. When it began lies between the last good check and that one"
                ),
            ),
            (_("Segments"), _("fused motion segments: L3–S1 are three; what lies below S1 adds none")),
            (
                _("Strength"),
                _(
                    "the lowest grade among the muscles of the deficit: before the re-operation, and at the checks "
                    "nearest to three and seven days after it. Where a muscle was not tested, the day is not known"
                ),
            ),
            (_("Relief"), _("on day 3 every muscle of the deficit at grade 3 or better, and better than it was")),
            (
                _("Hours to decompression"),
                _("from the last good check to the end of the re-operation: the longest that it can have been"),
            ),
            (
                _("Alert, acknowledgement, imaging, theatre"),
                _("from the examination that first found the deficit, by the clinical time where there is one"),
            ),
            (_("Late check"), _("one that ended an overdue alert")),
        ],
    )


def _computed() -> Section:
    return Section(
        _("What is computed"),
        [
            (_("Intervals"), _("Wilson’s, 95 %")),
            (
                _("Days by cause"),
                _(
                    "mean with the sample’s SD, median and range; Mann–Whitney against root oedema, exact where every "
                    "arrangement can be counted, else with corrections for ties and continuity; Kruskal–Wallis over "
                    "all; every pair corrected after Holm"
                ),
            ),
            (
                _("Categories"),
                _(
                    "chi-square where every expected count is 5 or more, else Fisher’s exact test; for larger tables "
                    "by 99,999 random ones, always the same"
                ),
            ),
            (_("Days"), _("the share of the whole cohort with a severe deficit by the end of each day")),
            (_("Wards"), _("exact binomial limits about the share of all wards together")),
        ],
        [_("What cannot be estimated says why. Nothing is guessed, and what nobody recorded is counted as not known.")],
    )


def _not_adding_up() -> Section:
    return Section(
        _("What in the paper does not add up"),
        paragraphs=[
            _("11 of 30 are 36.7 %, which rounds to 37; the paper prints 36. Its other shares are right."),
            _(
                "Its text gives onsets from day 1 to day 9. No whole days with the mean, SD and number of patients of "
                "any of its four causes hold a day 9: the last possible one is day 8, with root oedema."
            ),
            _(
                "Whole days with its means and SDs per cause have the mean 2.9 that it gives for all, and the SD 1.6; "
                "it prints 1.7."
            ),
            _(
                "Its p values (0.238, 0.026, 0.079) follow from no whole days with its means and SDs, by any usual "
                "form of the test; for haematoma p would be 0.001 to 0.002. They are shown as published, and were "
                "corrected for nothing."
            ),
            _(
                "“Declined by more than three grades” includes nobody whom “fell to grade 0 or 1” does not, and leaves "
                "out the patient of its Fig. 3, at grade 2. Here it is three grades or more."
            ),
            _(
                "“By the seventh day, all patients were recorded as grade 4”, and three of them “grade 4 or normal”: "
                "so 4 or 5."
            ),
        ],
    )


def _taken_out() -> Section:
    return Section(
        _("What may leave the hospital"),
        [
            (
                _("Report and pictures"),
                _("no number from 1 to %(few)d, nor one that gives such a one away; no case by itself")
                % {"few": FEW - 1},
            ),
            (
                _("Lines"),
                _(
                    "no name, record number, date or free text; days from the operation, ages over 89 as one group, "
                    "wards as letters, in a shuffled order"
                ),
            ),
            (_("Who may"), _("administrators and the registry’s lead; each time is in the audit log")),
        ],
    )
