from shali.foundation.tasks.models.bulk import BulkAct, BulkKind, BulkState, BulkTask
from shali.foundation.tasks.models.hands import JointRequest, Reminder, Transfer, TransferKind, TransferState
from shali.foundation.tasks.models.tallies import Flow, Standing, Stood
from shali.foundation.tasks.models.task import Act, Event, Task, TaskState

__all__ = [
    "Act",
    "BulkAct",
    "BulkKind",
    "BulkState",
    "BulkTask",
    "Event",
    "Flow",
    "JointRequest",
    "Reminder",
    "Standing",
    "Stood",
    "Task",
    "TaskState",
    "Transfer",
    "TransferKind",
    "TransferState",
]
