from shali.foundation.tasks.api import acts, desk, joint, transfers

router = desk.router
# Fixed addresses before those of a single task.
for _part in (joint.router, transfers.router, acts.router):
    router.add_router("", _part)
