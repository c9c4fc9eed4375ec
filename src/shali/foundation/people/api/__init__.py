from ninja import Router

from shali.foundation.people.api import people

router = Router(tags=["people"])
router.add_router("", people.router)
