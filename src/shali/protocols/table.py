"""What follows from what. One page: fact type -> reactions, run in the writer's transaction.

`()` says on purpose that nothing follows. Which reactions a re-issued protocol wants is changed here.
"""

from collections.abc import Mapping

from shali.foundation.intake.facts import (
    BatchSettled,
    BatchUndone,
    IdentityAsked,
    IdentityFound,
    IdentityNotAsked,
    RowReviewed,
    RowSettled,
)
from shali.foundation.journal.announce import Reaction
from shali.foundation.measures.facts import (
    AppealDecided,
    AppealLodged,
    MeasureDecided,
    MeasureLifted,
    MeasureProposed,
    MeasureRefused,
    MeasureServed,
    MeasureWithdrawn,
)
from shali.foundation.people.facts import PersonsMerged, PersonsUnmerged
from shali.foundation.tasks.facts import TaskClosed, TaskEscalated, TaskMoved, TaskOpened, TaskReopened
from shali.testing.facts import (
    PersonTestedPositive,
    PoolSuspect,
    RoundClosed,
    RoundOpened,
    StationCopyTaken,
    StationForked,
)
from shali.testing.services.fold import fold_tested, unfold_tested
from shali.testing.services.groups import rows_join_groups, take_back_files
from shali.tracing.facts import (
    CaseClassified,
    CaseOpened,
    ContactJudged,
    ContactMoved,
    ContactObserved,
    ContactReleased,
    ExposureOpened,
)
from shali.tracing.services.proposing import propose_what_contacts_owe
from shali.tracing.services.reactions import (
    cases_change,
    contacts_become_cases,
    fold_traced,
    positives_become_cases,
    repeated_visits_join_rosters,
    rows_join_rosters,
)
from shali.tracing.services.rosters import refuse_undoing_rosters
from shali.verification.facts import AnomalyRaised, FindingRecorded, ListClosed, ListOpened, PersonStruckOff
from shali.verification.services.fold import close_lists_without_doubts, fold_tasks, unfold_tasks
from shali.verification.services.hand_over import open_settled_lists, open_tasks_for_rows
from shali.verification.services.identity import ask_at_the_door, ask_no_more, give_unseen_back
from shali.verification.services.withdraw import withdraw_lists

TABLE: Mapping[type, tuple[Reaction, ...]] = {
    RowSettled: (open_tasks_for_rows, rows_join_rosters, rows_join_groups),
    BatchSettled: (open_settled_lists, repeated_visits_join_rosters),
    RowReviewed: (close_lists_without_doubts,),
    IdentityAsked: (ask_at_the_door,),
    IdentityNotAsked: (ask_no_more,),
    IdentityFound: (),
    BatchUndone: (withdraw_lists, refuse_undoing_rosters, take_back_files),
    PersonsMerged: (fold_tasks, fold_traced, fold_tested),
    PersonsUnmerged: (unfold_tasks, unfold_tested),
    TaskOpened: (),
    TaskMoved: (),
    TaskClosed: (give_unseen_back,),
    TaskReopened: (),
    TaskEscalated: (),
    MeasureProposed: (),
    MeasureDecided: (),
    MeasureRefused: (),
    MeasureServed: (),
    MeasureLifted: (),
    MeasureWithdrawn: (),
    AppealLodged: (),
    AppealDecided: (),
    FindingRecorded: (),
    PersonStruckOff: (),
    ListOpened: (),
    ListClosed: (),
    AnomalyRaised: (),
    CaseOpened: (contacts_become_cases,),
    CaseClassified: (cases_change,),
    ContactJudged: (propose_what_contacts_owe,),
    ContactMoved: (),
    ContactObserved: (),
    ContactReleased: (),
    ExposureOpened: (),
    RoundOpened: (),
    RoundClosed: (),
    PoolSuspect: (),
    PersonTestedPositive: (positives_become_cases,),
    StationForked: (),
    StationCopyTaken: (),
}
