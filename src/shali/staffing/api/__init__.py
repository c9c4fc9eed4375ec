from ninja import Router

from shali.staffing.api import calls, shifts

router = Router(tags=["staffing"])
router.add_router("", shifts.router)
router.add_router("/calls", calls.router)
