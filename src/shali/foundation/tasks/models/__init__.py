from shali.foundation.tasks.models.hands import JointRequest, Reminder, Transfer, TransferKind, TransferState
from shali.foundation.tasks.models.tallies import Flow, Standing
from shali.foundation.tasks.models.task import Act, Event, Task, TaskState

__all__ = [
    "Act",
    "Event",
    "Flow",
    "JointRequest",
    "Reminder",
    "Standing",
    "Task",
    "TaskState",
    "Transfer",
    "TransferKind",
    "TransferState",
]
