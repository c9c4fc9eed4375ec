"""Mass testing: rounds, sampling points, stations, tubes and who is in them, laboratories, results, recalls.

What must never be: a sample lost or counted twice; somebody cleared by a tube that is in doubt; a result written over.
"""

from shali.testing.models.groups import Group, GroupFile, GroupMember, GroupTime
from shali.testing.models.laboratory import Box, Laboratory, Recall, Result, ResultFile
from shali.testing.models.plans import SitePlan
from shali.testing.models.rounds import Cover, Expected, Round, Site, Zone
from shali.testing.models.stations import Epoch, SealedBatch, Station, Waiting
from shali.testing.models.tubes import Parked, Sample, Tube

__all__ = [
    "Box",
    "Cover",
    "Epoch",
    "Expected",
    "Group",
    "GroupFile",
    "GroupMember",
    "GroupTime",
    "Laboratory",
    "Parked",
    "Recall",
    "Result",
    "ResultFile",
    "Round",
    "Sample",
    "SealedBatch",
    "Site",
    "SitePlan",
    "Station",
    "Tube",
    "Waiting",
    "Zone",
]
