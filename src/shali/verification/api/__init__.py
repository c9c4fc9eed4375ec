from ninja import Router

from shali.verification.api import anomalies, compare, endings, lists, look_backs, work

router = Router(tags=["verification"])
router.add_router("/compare", compare.router)
router.add_router("/lists", lists.router)
router.add_router("/tasks", work.router)
router.add_router("/tasks", endings.router)
router.add_router("/anomalies", anomalies.router)
router.add_router("/look-backs", look_backs.router)
