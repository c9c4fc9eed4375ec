from ninja import Router

from shali.testing.api import groups, guests, homes, laboratory, people, plans, rounds, sites, tubes, zones

router = Router(tags=["testing"])
router.add_router("/rounds", rounds.router)
router.add_router("/rounds", zones.router)
router.add_router("/rounds", people.router)
router.add_router("/rounds", homes.router)
router.add_router("/rounds", guests.router)
router.add_router("/groups", groups.router)
router.add_router("/sites", sites.router)
router.add_router("/plans", plans.router)
router.add_router("", tubes.router)
router.add_router("/laboratory", laboratory.router)
