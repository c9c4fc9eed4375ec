from datetime import datetime

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, Value


def due_soon(at: datetime, *, share: float, task: str = "") -> Q:
    """Hold of tasks whose own limit is used up to a share and not over, as the badge of each says.

    task: what leads to the task from the rows asked, as in "task__"
    """
    limit = ExpressionWrapper(F(f"{task}due_at") - F(f"{task}handed_over_at"), output_field=DurationField())
    used = ExpressionWrapper(limit * Value(share), output_field=DurationField())
    begun = ExpressionWrapper(Value(at, output_field=DateTimeField()) - used, output_field=DateTimeField())
    return Q(**{f"{task}due_at__gte": at, f"{task}handed_over_at__lte": begun})
