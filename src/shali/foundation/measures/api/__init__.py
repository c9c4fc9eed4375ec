from shali.foundation.measures.api import acts, reads

router = reads.router
router.add_router("", acts.router)
