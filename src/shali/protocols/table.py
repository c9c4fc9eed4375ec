"""What follows from what. One page: fact type -> reactions, run in the writer's transaction.

`()` says on purpose that nothing follows. Which reactions a re-issued protocol wants is changed here.
"""

from collections.abc import Mapping

from shali.foundation.intake.facts import BatchSettled, BatchUndone, RowSettled, RowTakenBack
from shali.foundation.journal.announce import Reaction
from shali.foundation.people.facts import PersonsMerged, PersonsUnmerged
from shali.foundation.tasks.facts import TaskClosed, TaskEscalated, TaskMoved, TaskOpened, TaskReopened
from shali.verification.facts import AnomalyRaised, FindingRecorded, ListClosed, ListOpened, PersonStruckOff

TABLE: Mapping[type, tuple[Reaction, ...]] = {
    RowSettled: (),
    BatchSettled: (),
    RowTakenBack: (),
    BatchUndone: (),
    PersonsMerged: (),
    PersonsUnmerged: (),
    TaskOpened: (),
    TaskMoved: (),
    TaskClosed: (),
    TaskReopened: (),
    TaskEscalated: (),
    FindingRecorded: (),
    PersonStruckOff: (),
    ListOpened: (),
    ListClosed: (),
    AnomalyRaised: (),
}
