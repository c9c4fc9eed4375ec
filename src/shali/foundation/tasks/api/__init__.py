from ninja import Router

from shali.foundation.tasks.api import acts, desk, joint, transfers

router = Router(tags=["tasks"])
# Fixed addresses before those of a single task.
for _part in (desk.router, joint.router, transfers.router, acts.router):
    router.add_router("", _part)
