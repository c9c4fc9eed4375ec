from ninja import Router

from shali.verification.api import lists, work

router = Router(tags=["verification"])
router.add_router("/lists", lists.router)
router.add_router("/tasks", work.router)
