from ninja import Router

from shali.tracing.api import cases, contacts, exposures, investigation, observing, pictures, relationships, staff

router = Router(tags=["tracing"])
router.add_router("/cases", cases.router)
router.add_router("/cases", investigation.router)
router.add_router("/contacts", relationships.router)
router.add_router("/contacts", observing.router)
router.add_router("/contacts", contacts.router)
router.add_router("/exposures", exposures.router)
router.add_router("", pictures.router)
router.add_router("", staff.router)
