from ninja import Router

from shali.foundation.intake.api import batches, reviews

router = Router(tags=["batches"])
router.add_router("/reviews", reviews.router)
router.add_router("", batches.router)
