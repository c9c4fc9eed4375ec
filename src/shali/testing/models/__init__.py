"""Mass testing: rounds, sampling points, stations, tubes and who is in them, laboratories, results, recalls.

What must never be: a sample lost or counted twice; somebody cleared by a tube that is in doubt; a result written over.
"""

from shali.testing.models.exemptions import TakenBack
from shali.testing.models.groups import Group, GroupFile, GroupMember, GroupTime
from shali.testing.models.guests import GuestAnswer
from shali.testing.models.homes import HomeVisit, Position, Tour
from shali.testing.models.laboratory import Box, Laboratory, Recall, Result, ResultFile
from shali.testing.models.plans import SitePlan
from shali.testing.models.rounds import Cover, Expected, Round, RoundArea, Site, Zone
from shali.testing.models.stations import Epoch, SealedBatch, Station, Waiting
from shali.testing.models.tallies import RoundTally
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
    "GuestAnswer",
    "HomeVisit",
    "Laboratory",
    "Parked",
    "Position",
    "Recall",
    "Result",
    "ResultFile",
    "Round",
    "RoundArea",
    "RoundTally",
    "Sample",
    "SealedBatch",
    "Site",
    "SitePlan",
    "Station",
    "TakenBack",
    "Tour",
    "Tube",
    "Waiting",
    "Zone",
]
