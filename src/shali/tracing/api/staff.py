from datetime import date, datetime

from django.conf import settings
from ninja import File, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.roles import Verb
from shali.foundation.clocks import now
from shali.foundation.people.api.shown import PersonMasked
from shali.tracing.queries.affected import AffectedRow, affected_rows
from shali.tracing.queries.forms import KeptForm, kept_forms, profile_of
from shali.tracing.queries.staff import investigators as staff
from shali.tracing.queries.staff import need
from shali.tracing.services.forms import keep_form
from shali.tracing.services.investigators import enter_investigator
from shali.tracing.services.rules_change import apply_rules

router = Router()


class InvestigatorOut(Schema):
    post: str
    name: str
    unit: str
    unit_en: str
    trained_until: date
    is_trained: bool
    shift_from: datetime | None
    shift_until: datetime | None
    on_shift: bool
    cases: int
    contacts: int


class StaffOut(Schema):
    new_cases: int
    required: int
    available: int
    items: list[InvestigatorOut]


class InvestigatorIn(Given):
    post: str = Field(max_length=12)
    trained_until: date
    shift_from: datetime | None = None
    shift_until: datetime | None = None


class AffectedOut(Schema):
    public_id: str
    person: PersonMasked | None
    unit: str
    unit_en: str
    before_class: str
    before_rule: str
    before_ends: date | None
    after_class: str
    after_rule: str
    after_ends: date | None
    why: str


class AllAffectedOut(Schema):
    items: list[AffectedOut]


class ApplyIn(Given):
    """contacts: None: all who are affected; `count` then says how many they were seen to be, and no more are taken."""

    contacts: list[str] | None = Field(None, max_length=2_000)
    count: int | None = Field(None, ge=0)


class AppliedOut(Schema):
    changed: int


class FormOut(Schema):
    version: int
    title: str
    questions: int
    core: int
    made_at: datetime


class FormsOut(Schema):
    items: list[FormOut]


class VersionOut(Schema):
    version: int


@endpoint(router, "GET", "/investigators", Verb.SEE_TRACING, response=StaffOut, summary="Who investigates")
def index(request: PostRequest) -> dict[str, object]:
    at = now()
    found = need(request.scope, at=at)
    return {
        "new_cases": found.new_cases,
        "required": found.required,
        "available": found.available,
        "items": staff(request.scope, at=at),
    }


@endpoint(router, "POST", "/investigators", Verb.CLASSIFY_CASES, response=DoneOut, summary="Enter an investigator")
def enter(request: PostRequest, given: InvestigatorIn) -> DoneOut:
    enter_investigator(
        scope=request.scope,
        post=given.post,
        trained_until=given.trained_until,
        shift_from=given.shift_from,
        shift_until=given.shift_until,
        by=request.scope.name,
        at=now(),
    )
    return DoneOut()


@endpoint(
    router,
    "GET",
    "/rules",
    Verb.CLASSIFY_CASES,
    response=AllAffectedOut,
    summary="Whom the rules would affect",
)
def affected(request: PostRequest) -> dict[str, list[AffectedRow]]:
    return {"items": affected_rows(request.scope, at=now())}


@endpoint(router, "POST", "/rules", Verb.CLASSIFY_CASES, response=AppliedOut, summary="Judge contacts anew")
def apply(request: PostRequest, given: ApplyIn) -> dict[str, int]:
    by, at = request.scope.name, now()
    changed = apply_rules(scope=request.scope, contacts=given.contacts, shown=given.count, by=by, at=at)
    return {"changed": changed}


@endpoint(router, "GET", "/forms", Verb.KEEP_FORMS, response=FormsOut, summary="Versions of the questionnaire")
def forms(request: PostRequest) -> dict[str, list[KeptForm]]:
    return {"items": kept_forms(request.scope, profile_of(request.scope, settings.OUTBREAK))}


@endpoint(router, "POST", "/forms", Verb.KEEP_FORMS, response=VersionOut, summary="Keep a questionnaire (XLSForm)")
def keep(request: PostRequest, file: File[UploadedFile]) -> dict[str, int]:
    profile = profile_of(request.scope, settings.OUTBREAK)
    made = keep_form(scope=request.scope, profile=profile, content=file.read(), by=request.scope.name, at=now())
    return {"version": made.version}
