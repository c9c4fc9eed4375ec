"""What each role may do. A verb is what a user would say he may do; a role is a list of them, and a sentence."""

from enum import Enum, StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Verb(StrEnum):
    SEE_WALL = "see_wall"
    SEE_LISTS = "see_lists"
    RECEIVE_LISTS = "receive_lists"
    UNDO_LISTS = "undo_lists"
    REPLY_TO_LISTS = "reply_to_lists"
    REVIEW_IDENTITY = "review_identity"
    SEE_TASKS = "see_tasks"
    ACCEPT_TASKS = "accept_tasks"
    ASSIGN_TASKS = "assign_tasks"
    TRANSFER_TASKS = "transfer_tasks"
    ARBITRATE = "arbitrate"
    REMIND = "remind"
    ASK_DEPARTMENTS = "ask_departments"
    ANSWER_FOR_DEPARTMENT = "answer_for_department"
    RECORD_FINDINGS = "record_findings"
    DECIDE_NEVER_FOUND = "decide_never_found"
    SEE_ANOMALIES = "see_anomalies"
    SETTLE_ANOMALIES = "settle_anomalies"
    SEE_PEOPLE = "see_people"
    REVEAL = "reveal"
    PROPOSE_MERGE = "propose_merge"
    DECIDE_MERGE = "decide_merge"
    READ_AUDIT = "read_audit"
    MANAGE_POSTS = "manage_posts"
    CONNECT_SYSTEMS = "connect_systems"
    SEE_TRACING = "see_tracing"
    INVESTIGATE = "investigate"
    CLASSIFY_CASES = "classify_cases"
    FOLLOW_UP = "follow_up"
    KEEP_FORMS = "keep_forms"
    SEE_MEASURES = "see_measures"
    PROPOSE_MEASURES = "propose_measures"
    DECIDE_MEASURES = "decide_measures"
    SERVE_MEASURES = "serve_measures"
    LODGE_APPEALS = "lodge_appeals"
    DECIDE_APPEALS = "decide_appeals"
    SEE_TESTING = "see_testing"
    PLAN_ROUNDS = "plan_rounds"
    RUN_SITES = "run_sites"
    NAME_LEFT = "name_left"
    HANDLE_TUBES = "handle_tubes"
    ENTER_RESULTS = "enter_results"
    DECIDE_RESULTS = "decide_results"
    SETTLE_TESTING = "settle_testing"
    SEE_UNITS = "see_units"
    PROPOSE_UNIT_CHANGE = "propose_unit_change"
    APPROVE_UNIT_CHANGE = "approve_unit_change"


_DESK = frozenset(
    {Verb.SEE_WALL, Verb.SEE_LISTS, Verb.SEE_TASKS, Verb.ACCEPT_TASKS, Verb.ASSIGN_TASKS, Verb.TRANSFER_TASKS}
    | {Verb.REMIND, Verb.ASK_DEPARTMENTS, Verb.RECORD_FINDINGS, Verb.SEE_ANOMALIES, Verb.SETTLE_ANOMALIES}
    | {Verb.SEE_PEOPLE, Verb.REVEAL, Verb.SEE_UNITS, Verb.PROPOSE_MERGE}
    | {Verb.SEE_TRACING, Verb.INVESTIGATE, Verb.FOLLOW_UP}
    | {Verb.SEE_MEASURES, Verb.PROPOSE_MEASURES, Verb.SERVE_MEASURES, Verb.LODGE_APPEALS}
    | {Verb.SEE_TESTING, Verb.RUN_SITES, Verb.NAME_LEFT, Verb.SETTLE_TESTING}
)


class Role(Enum):
    """code, title, what it is for, what it may do."""

    CITY_DUTY = (
        "city_duty",
        _("City duty officer"),
        _("Receives the lists that are pushed to the city and answers for them."),
        _DESK
        | {Verb.RECEIVE_LISTS, Verb.UNDO_LISTS, Verb.REPLY_TO_LISTS, Verb.REVIEW_IDENTITY, Verb.ARBITRATE}
        | {Verb.DECIDE_NEVER_FOUND, Verb.DECIDE_MERGE, Verb.PROPOSE_UNIT_CHANGE, Verb.CONNECT_SYSTEMS}
        | {Verb.CLASSIFY_CASES, Verb.KEEP_FORMS, Verb.DECIDE_APPEALS}
        | {Verb.PLAN_ROUNDS, Verb.HANDLE_TUBES, Verb.ENTER_RESULTS, Verb.DECIDE_RESULTS},
    )
    CITY_LEAD = (
        "city_lead",
        _("City command lead"),
        _("Second pair of eyes of the city: decides what a duty officer may only propose."),
        _DESK
        | {Verb.ARBITRATE, Verb.DECIDE_NEVER_FOUND, Verb.DECIDE_MERGE, Verb.REVIEW_IDENTITY}
        | {Verb.APPROVE_UNIT_CHANGE, Verb.MANAGE_POSTS, Verb.CLASSIFY_CASES}
        | {Verb.DECIDE_MEASURES, Verb.DECIDE_APPEALS, Verb.PLAN_ROUNDS, Verb.DECIDE_RESULTS},
    )
    COUNTY_DESK = (
        "county_desk",
        _("County desk"),
        _("Directs the townships of one county and settles disputes between them."),
        _DESK
        | {Verb.RECEIVE_LISTS, Verb.REVIEW_IDENTITY, Verb.ARBITRATE, Verb.DECIDE_NEVER_FOUND}
        | {Verb.DECIDE_MERGE, Verb.MANAGE_POSTS, Verb.REPLY_TO_LISTS, Verb.CONNECT_SYSTEMS}
        | {Verb.CLASSIFY_CASES, Verb.DECIDE_MEASURES, Verb.DECIDE_APPEALS}
        | {Verb.PLAN_ROUNDS, Verb.HANDLE_TUBES, Verb.ENTER_RESULTS, Verb.DECIDE_RESULTS},
    )
    TOWNSHIP_DESK = (
        "township_desk",
        _("Township desk"),
        _("Shares the township's people out to its communities and answers for their hours."),
        _DESK | {Verb.ARBITRATE, Verb.DECIDE_NEVER_FOUND},
    )
    COMMUNITY_WORKER = (
        "community_worker",
        _("Community worker"),
        _("Finds the people of one community and establishes the four facts."),
        frozenset(
            {Verb.SEE_TASKS, Verb.ACCEPT_TASKS, Verb.TRANSFER_TASKS, Verb.RECORD_FINDINGS, Verb.SEE_PEOPLE}
            | {Verb.REVEAL, Verb.ASSIGN_TASKS, Verb.SEE_ANOMALIES, Verb.FOLLOW_UP}
            | {Verb.SEE_MEASURES, Verb.SERVE_MEASURES, Verb.LODGE_APPEALS}
            | {Verb.SEE_TESTING, Verb.NAME_LEFT}
        ),
    )
    INVESTIGATOR = (
        "investigator",
        _("Investigator"),
        _("Asks cases where they were and whom they met, and judges contacts."),
        frozenset(
            {Verb.SEE_TASKS, Verb.ACCEPT_TASKS, Verb.ASSIGN_TASKS, Verb.SEE_PEOPLE, Verb.REVEAL}
            | {Verb.SEE_TRACING, Verb.INVESTIGATE, Verb.CLASSIFY_CASES, Verb.FOLLOW_UP}
            | {Verb.SEE_MEASURES, Verb.PROPOSE_MEASURES}
        ),
    )
    LABORATORY = (
        "laboratory",
        _("Laboratory"),
        _("Receives boxes of tubes and hands in what was found in them; sees no person."),
        frozenset({Verb.HANDLE_TUBES, Verb.ENTER_RESULTS, Verb.DECIDE_RESULTS}),
    )
    DEPARTMENT_DESK = (
        "department_desk",
        _("Department desk"),
        _("Answers for a department where a task needs it."),
        frozenset({Verb.ANSWER_FOR_DEPARTMENT, Verb.SEE_WALL}),
    )
    AUDITOR = (
        "auditor",
        _("Auditor"),
        _("Reads who looked at whom and why; sees no personal value."),
        frozenset({Verb.READ_AUDIT, Verb.SEE_WALL, Verb.SEE_UNITS}),
    )

    def __init__(self, code: str, title: Promise, purpose: Promise, verbs: frozenset[Verb]) -> None:
        self.code = code
        self.title = title
        self.purpose = purpose
        self.verbs = verbs

    @classmethod
    def by_code(cls, code: str) -> "Role":
        return next(role for role in cls if role.code == code)
