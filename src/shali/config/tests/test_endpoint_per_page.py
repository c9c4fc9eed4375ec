"""Everything that a page can do has an endpoint: each page names it here, or says why it has none."""

import json

from django.urls import URLPattern, URLResolver, get_resolver
from openapi_spec_validator import OpenAPIV31SpecValidator

from shali.config.api import api
from shali.foundation.accounts.api.endpoint import policies

PERSON = "about a person's own browser, not about the work"
TWO_FACTORS = "a way into the house is given by somebody with a second factor, never by a program"
TWO_PERSONS = "the tree is changed by two persons, never by a program"
PICTURE = "a drawing of numbers that the endpoint gives"
STATIONS = ("", "_worker", "_manifest", "_enrol", "_pack", "_batches", "_copies")

ENDPOINTS: dict[str, tuple[str, ...]] = {
    "board:wall": ("GET /figures/{path}",),
    "board:unit": ("GET /figures/{path}", "GET /figures/{path}/curve"),
    "board:evening": ("GET /figures/{path}", "GET /audit/roots"),
    "verification:lists": ("GET /verification/lists",),
    "verification:receive": ("POST /verification/lists",),
    "verification:list": ("GET /verification/lists/{pushed_list}", "GET /verification/tasks"),
    "verification:reply": ("GET /verification/lists/{pushed_list}/reply",),
    "verification:compare": ("GET /verification/compare", "GET /verification/compare/people"),
    "verification:compare_workbook": ("POST /verification/compare/workbook",),
    "verification:withdraw_gone": ("POST /verification/compare/{pushed_list}/gone",),
    "verification:look_backs": ("GET /verification/look-backs",),
    "verification:look_back": (
        "GET /verification/look-backs/{look_back}",
        "GET /verification/look-backs/{look_back}/differences",
    ),
    "verification:choose_people": ("GET /verification/look-backs/cohort", "POST /verification/look-backs"),
    "verification:freeze": ("POST /verification/look-backs",),
    "verification:answer_again": (
        "GET /verification/look-backs/tasks/{task}",
        "POST /verification/look-backs/tasks/{task}/answer",
    ),
    "verification:settle_difference": ("POST /verification/look-backs/differences/{difference}/settle",),
    "verification:my_people": ("GET /verification/tasks", "GET /verification/tasks/identity"),
    "verification:entries": ("POST /verification/tasks/entries",),
    "verification:one_task": ("POST /verification/tasks/entries",),
    "verification:undo": ("POST /verification/tasks/{task}/undo",),
    "verification:end": (
        "POST /verification/tasks/{task}/moved-on",
        "POST /verification/tasks/{task}/deceased",
        "POST /verification/tasks/{task}/duplicate",
        "POST /verification/tasks/{task}/never-found",
    ),
    "verification:decide": ("POST /verification/tasks/{task}/never-found/decide",),
    "verification:anomalies": ("GET /verification/anomalies",),
    "verification:anomalies_seen": ("POST /verification/anomalies/seen",),
    "verification:settle_anomaly": ("POST /verification/anomalies/{anomaly}/settle",),
    "journal:audit": ("GET /audit/looks", "GET /audit/roots"),
    "measures:desk": ("GET /measures", "GET /measures/counts"),
    "measures:many": ("POST /measures/many/decide",),
    "measures:propose": ("POST /measures/propose/{person}",),
    "measures:propose_area": ("POST /measures/areas/{path}/propose",),
    "measures:measure": ("GET /measures/{measure}",),
    "measures:decide": ("POST /measures/{measure}/decide",),
    "measures:serve": ("POST /measures/{measure}/serve",),
    "measures:lift": ("POST /measures/{measure}/lift",),
    "measures:appeal": ("POST /measures/{measure}/appeal",),
    "measures:answer_appeal": ("POST /measures/appeals/{appeal}/answer",),
    "measures:order": ("POST /measures/{measure}/order",),
    "tasks:desk": ("GET /tasks", "GET /tasks/counts"),
    "tasks:bulk": ("GET /tasks/many/{act}",),
    "tasks:undo_bulk": ("POST /tasks/many/{act}/undo",),
    "tasks:many": ("POST /tasks/many/accept", "POST /tasks/many/assign", "POST /tasks/many/remind"),
    "tasks:arbitration": ("GET /tasks/disputes",),
    "tasks:department": ("GET /tasks/department",),
    "tasks:answer_department": ("POST /tasks/department/{joint}/answer",),
    "tasks:answer_transfer": (
        "POST /tasks/transfers/{transfer}/answer",
        "POST /tasks/transfers/{transfer}/withdraw",
        "POST /tasks/transfers/{transfer}/insist",
    ),
    "tasks:arbitrate": ("POST /tasks/transfers/{transfer}/arbitrate",),
    "tasks:task": ("GET /tasks/{task}",),
    "tasks:work": (
        "POST /tasks/{task}/accept",
        "POST /tasks/{task}/block",
        "POST /tasks/{task}/unblock",
        "POST /tasks/{task}/note",
    ),
    "tasks:assign": ("POST /tasks/{task}/assign",),
    "tasks:pass_on": ("POST /tasks/{task}/refuse", "POST /tasks/{task}/transfer"),
    "tasks:remind": ("POST /tasks/many/remind",),
    "tasks:ask_department": ("POST /tasks/{task}/ask",),
    "jurisdictions:tree": ("GET /units/{path}",),
    "jurisdictions:unit": ("GET /units/{path}",),
    "accounts:posts": ("GET /posts",),
    "accounts:programs": ("GET /posts/tokens",),
    "accounts:end_token": ("DELETE /posts/tokens/{token}",),
    "exchange:receivers": ("GET /webhooks",),
    "exchange:add": ("POST /webhooks",),
    "exchange:deliveries": ("GET /webhooks/{webhook}/deliveries",),
    "exchange:end": ("DELETE /webhooks/{webhook}",),
    "exchange:again": ("POST /webhooks/{webhook}/deliveries/{number}/again",),
    "accounts:revoke": ("POST /posts/{post}/revoke",),
    "accounts:prolong": ("POST /posts/{post}/prolong",),
    "intake:reviews": ("GET /batches/reviews",),
    "intake:next_review": ("POST /batches/reviews/next",),
    "intake:review": ("GET /batches/reviews/{review}",),
    "intake:decide": ("POST /batches/reviews/{review}/decide",),
    "intake:undo_review": ("POST /batches/reviews/{review}/undo",),
    "intake:batch": ("GET /batches/{batch}", "GET /batches/{batch}/rows"),
    "intake:mapping": ("POST /batches/{batch}/columns",),
    "intake:confirm": ("POST /batches/{batch}/confirm",),
    "intake:rejected": ("POST /batches/{batch}/rejected",),
    "intake:undo": ("POST /batches/{batch}/undo",),
    "people:search": ("POST /people/search",),
    "people:merges": ("GET /people/merges",),
    "people:decide_merge": ("POST /people/merges/{merge}/decide",),
    "people:undo_merge": ("POST /people/merges/{merge}/undo",),
    "people:person": ("GET /people/{person}",),
    "people:reveal": ("POST /people/{person}/reveal",),
    "people:propose_merge": ("POST /people/{person}/merge",),
}
ENDPOINTS |= {
    "tracing:cases": ("GET /tracing/cases", "GET /tracing/cases/figures"),
    "tracing:new_case": ("POST /tracing/cases",),
    "tracing:case": ("GET /tracing/cases/{case}",),
    "tracing:classify": ("POST /tracing/cases/{case}/classify",),
    "tracing:isolated": ("POST /tracing/cases/{case}/isolated",),
    "tracing:source": ("POST /tracing/cases/{case}/source",),
    "tracing:finish": ("POST /tracing/cases/{case}/finish",),
    "tracing:questions": (
        "GET /tracing/cases/{case}/questions",
        "POST /tracing/cases/{case}/questions",
        "POST /tracing/cases/{case}/questions/confirm",
    ),
    "tracing:stays": ("GET /tracing/cases/{case}/stays", "POST /tracing/cases/{case}/stays"),
    "tracing:repeat_day": ("POST /tracing/cases/{case}/stays/repeat",),
    "tracing:stay": ("POST /tracing/cases/stays/{stay}/confirm", "POST /tracing/cases/stays/{stay}/withdraw"),
    "tracing:enter_contacts": ("POST /tracing/contacts/of-case/{case}",),
    "tracing:household": ("POST /tracing/contacts/of-case/{case}/household",),
    "tracing:report": ("GET /tracing/cases/{case}/report",),
    "tracing:contact_list": ("GET /tracing/cases/{case}/contact-list",),
    "tracing:ring": ("GET /tracing/contacts", "GET /tracing/contacts/ring"),
    "tracing:release_contacts": ("POST /tracing/contacts/release",),
    "tracing:assign_contacts": ("POST /tracing/contacts/assign",),
    "tracing:health": ("GET /tracing/contacts/{contact}/days",),
    "tracing:contact": ("GET /tracing/contacts/{contact}",),
    "tracing:second_ring": ("POST /tracing/contacts/{contact}/second-ring",),
    "tracing:contact_act": (
        "POST /tracing/contacts/{contact}/place",
        "POST /tracing/contacts/{contact}/moved",
        "POST /tracing/contacts/{contact}/days",
        "POST /tracing/contacts/{contact}/tests",
        "POST /tracing/contacts/{contact}/end",
        "POST /tracing/contacts/{contact}/link",
    ),
    "tracing:relationship": (
        "POST /tracing/contacts/relationships/{relationship}/certainty",
        "POST /tracing/contacts/relationships/{relationship}/withdraw",
    ),
    "tracing:follow_up": ("GET /tracing/contacts/today",),
    "tracing:follow_up_entry": ("POST /tracing/contacts/{contact}/days", "POST /tracing/contacts/{contact}/tests"),
    "tracing:exposures": ("GET /tracing/exposures",),
    "tracing:new_exposure": ("POST /tracing/exposures",),
    "tracing:exposure": ("GET /tracing/exposures/{exposure}", "GET /tracing/exposures/{exposure}/members"),
    "tracing:roster": ("POST /tracing/exposures/{exposure}/roster",),
    "tracing:add_members": ("POST /tracing/exposures/{exposure}/people",),
    "tracing:add_told": ("POST /tracing/exposures/{exposure}/told",),
    "tracing:ask_again": ("POST /tracing/exposures/{exposure}/again",),
    "tracing:member": (
        "POST /tracing/exposures/members/{member}/answer",
        "POST /tracing/exposures/members/{member}/settle",
    ),
    "tracing:chain": ("GET /tracing/chain",),
    "tracing:chain_graphml": ("GET /tracing/chain.graphml",),
    "tracing:timeline": ("GET /tracing/timeline/{case}",),
    "tracing:curve": ("GET /tracing/curve",),
    "tracing:investigators": ("GET /tracing/investigators", "POST /tracing/investigators"),
    "tracing:rules_change": ("GET /tracing/rules", "POST /tracing/rules"),
    "tracing:forms": ("GET /tracing/forms", "POST /tracing/forms"),
}
ENDPOINTS |= {
    "testing:rounds": ("GET /testing/rounds",),
    "testing:new_round": ("POST /testing/rounds",),
    "testing:round": ("GET /testing/rounds/{testing_round}",),
    "testing:freeze": ("POST /testing/rounds/{testing_round}/freeze",),
    "testing:take_on_station": ("POST /testing/rounds/stations/{station}/answer-for",),
    "testing:close_round": ("POST /testing/rounds/{testing_round}/close",),
    "testing:people": ("GET /testing/rounds/{testing_round}/people",),
    "testing:people_act": (
        "POST /testing/rounds/{testing_round}/people/exempt",
        "POST /testing/rounds/{testing_round}/people/exempt-filtered",
        "POST /testing/rounds/{testing_round}/people/take-back",
        "POST /testing/rounds/{testing_round}/people/missing",
        "POST /testing/rounds/{testing_round}/people/doors",
    ),
    "testing:recalls": ("GET /testing/rounds/{testing_round}/recalls",),
    "testing:tubes": ("GET /testing/rounds/{testing_round}/tubes", "GET /testing/rounds/{testing_round}/turnaround"),
    "testing:sites": ("GET /testing/sites/of-round/{testing_round}", "POST /testing/sites/of-round/{testing_round}"),
    "testing:site": ("GET /testing/sites/{site}",),
    "testing:edit_site": ("GET /testing/sites/{site}/edit", "POST /testing/sites/{site}/edit"),
    "testing:site_act": tuple(f"POST /testing/sites/{{site}}/{act}" for act in ("protection", "covers", "close")),
    "testing:make_station": ("POST /testing/sites/{site}/stations",),
    "testing:hand_in_copy": ("POST /testing/sites/{site}/copies",),
    "testing:revoke_station": ("POST /testing/sites/stations/{station}/revoke",),
    "testing:guests": ("GET /testing/rounds/{testing_round}/guests",),
    "testing:guest_act": tuple(f"POST /testing/rounds/{{testing_round}}/guests/{act}" for act in ("settle", "undo")),
    "testing:groups": ("GET /testing/groups",),
    "testing:new_group": ("POST /testing/groups",),
    "testing:group": ("GET /testing/groups/{group}", "GET /testing/groups/{group}/members"),
    "testing:group_act": ("POST /testing/groups/{group}/off", "POST /testing/groups/{group}/close"),
    "testing:group_file": ("POST /testing/groups/{group}/file",),
    "testing:round_groups": ("GET /testing/groups/of-round/{testing_round}",),
    "testing:group_hours": ("POST /testing/groups/of-round/{testing_round}",),
    "testing:visits": ("GET /testing/rounds/{testing_round}/visits", "POST /testing/rounds/{testing_round}/visits"),
    "testing:walk": ("GET /testing/rounds/walks/{tour}",),
    "testing:zones": (
        "GET /testing/rounds/{testing_round}/zones",
        "POST /testing/rounds/{testing_round}/zones",
        "POST /testing/rounds/{testing_round}/zones/drop",
    ),
    "testing:plans": ("GET /testing/plans/of-round/{testing_round}", "POST /testing/plans/of-round/{testing_round}"),
    "testing:compare_plans": ("GET /testing/plans/of-round/{testing_round}/compare",),
    "testing:plan": ("GET /testing/plans/{site_plan}",),
    "testing:edit_plan": ("POST /testing/plans/{site_plan}/edit",),
    "testing:take_plan": ("POST /testing/plans/{site_plan}/take",),
    "testing:tube": ("GET /testing/tubes/{tube}",),
    "testing:tube_lost": ("POST /testing/tubes/{tube}/lost",),
    "testing:parked": ("GET /testing/parked",),
    "testing:settle_parked": ("POST /testing/parked/{parked}/settle",),
    "testing:laboratory": ("GET /testing/laboratory", "GET /testing/laboratory/boxes", "GET /testing/laboratory/files"),
    "testing:new_laboratory": ("POST /testing/laboratory",),
    "testing:box": ("GET /testing/laboratory/boxes/{box}", "POST /testing/laboratory/boxes/{box}/receive"),
    "testing:hand_in": ("POST /testing/laboratory/results",),
    "testing:decide_file": ("POST /testing/laboratory/files/{result_file}/decide",),
    "testing:settle_result": ("POST /testing/laboratory/results/{result}/settle",),
    "testing:result_by_hand": ("POST /testing/laboratory/results",),
    "testing:decide_correction": ("POST /testing/laboratory/results/{result}/decide",),
    "staffing:staff": ("GET /staffing/workers", "POST /staffing/workers"),
    "staffing:give_shift": ("GET /staffing/shifts", "POST /staffing/shifts"),
    "staffing:renew_training": ("POST /staffing/workers/training",),
    "staffing:worker": ("GET /staffing/workers/{worker}", "GET /staffing/workers/{worker}/trainings"),
    "staffing:call_up": ("POST /staffing/calls", "GET /staffing/calls/free"),
    "staffing:call": ("GET /staffing/calls/{call_up}",),
    "staffing:call_act": ("POST /staffing/calls/{call_up}/ask", "POST /staffing/calls/{call_up}/end"),
    "board:staff": ("GET /figures/staff/{testing_round}/points", "GET /staffing/calls"),
    "staffing:drop_shift": ("POST /staffing/shifts/{shift}/drop",),
}
STATION = "a device's own door: it has no post, and is known by its key"
NONE: dict[str, str] = {
    "testing:notices": "a sheet to print; its hours follow from the plan that the endpoint gives",
    "testing:own_result": "a person without a post looks at his own result, by the code on his slip",
    "staffing:own": "a worker without a post answers for himself, at the secret address of his own page",
    **{f"testing:station{one}": STATION for one in STATIONS},
    "tracing:chain_png": PICTURE,
    "tracing:oneself": "a person without a post reports for himself, by a link and on a page",
    "board:picture": PICTURE,
    **{
        f"accounts:{one}": PERSON
        for one in ("home", "me", "start", "sign_in_link", "choose_post", "sign_out", "language")
    },
    **dict.fromkeys(("accounts:give", "accounts:link", "accounts:give_token"), TWO_FACTORS),
    **dict.fromkeys(("jurisdictions:propose", "jurisdictions:decide"), TWO_PERSONS),
    "intake:mended": "the workbook is mended by hand in a spreadsheet, and comes back from there",
    "accounts:alive": "asked by machines already",
    "accounts:ready": "asked by machines already",
}


def pages(resolver: URLResolver, space: str = "") -> list[str]:
    """Return the names of all pages of ours; the sign-in library's and the API's own are not ours."""
    found: list[str] = []
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            found += [f"{space}:{one.name}"] if space else []
        elif str(one.pattern) not in ("api/v1/",):
            found += pages(one, one.namespace or space)
    return found


def test_every_page_names_its_endpoint_or_says_why_it_has_none():
    assert set(pages(get_resolver())) == set(ENDPOINTS) | set(NONE)
    assert not set(ENDPOINTS) & set(NONE)


def test_every_endpoint_that_a_page_names_exists():
    known = {f"{method} {path.removeprefix('/api/v1')}" for method, path in policies(api)}

    assert {name for names in ENDPOINTS.values() for name in names} - known == set()


def test_the_description_of_the_interface_is_valid_openapi():
    described = json.loads(json.dumps(api.get_openapi_schema()))

    assert described["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(described).iter_errors()] == []


def test_every_body_refuses_what_it_does_not_know():
    described = api.get_openapi_schema()
    shapes = described["components"]["schemas"]
    loose = [
        f"{method} {path}"
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
        for content in operation.get("requestBody", {}).get("content", {}).values()
        if not _is_strict(content["schema"], shapes)
    ]

    # A form beside a file is taken apart by the library before it is a body; what it does not know is passed over.
    assert sorted(loose) == [
        "post /api/v1/testing/groups/{group}/file",
        "post /api/v1/testing/sites/{site}/copies",
        "post /api/v1/tracing/exposures/{exposure}/roster",
        "post /api/v1/tracing/forms",
        "post /api/v1/verification/lists",
    ]


def _is_strict(schema: dict[str, object], shapes: dict[str, dict[str, object]]) -> bool:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    shape = shapes.get(name, schema)
    return shape.get("additionalProperties") is False
