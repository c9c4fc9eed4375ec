from datetime import date, datetime

from ninja import Query, Router, Schema
from pydantic import Field

from shali.foundation.accounts.api.endpoint import endpoint
from shali.foundation.accounts.api.given import DoneOut, Given, Nothing
from shali.foundation.accounts.policy import PostRequest
from shali.foundation.accounts.queries import PostRow, TokenRow, posts_below, tokens_of
from shali.foundation.accounts.roles import Verb
from shali.foundation.accounts.services.posts import prolong_post, revoke_post
from shali.foundation.accounts.services.tokens import revoke_token
from shali.foundation.clocks import now

router = Router(tags=["posts"])
ANYBODY = tuple(Verb)
SHOWN = 200


class PostOut(Schema):
    public_id: str
    user_name: str
    username: str
    role: str
    unit: str
    unit_en: str
    path: str
    ends_at: datetime
    is_active: bool


class PostsOut(Schema):
    """after: hand it back as `after` for the following page, 0 at the end."""

    items: list[PostOut]
    after: int


class Wanted(Given):
    after: int = Field(0, ge=0, le=1_000_000)


class ProlongIn(Given):
    days: int = Field(14, ge=1, le=90)


class TokenOut(Schema):
    public_id: str
    name: str
    verbs: list[str]
    made_at: datetime
    expires_at: datetime
    last_used_on: date | None
    is_active: bool


class TokensOut(Schema):
    items: list[TokenOut]


@endpoint(router, "GET", "", Verb.MANAGE_POSTS, response=PostsOut, summary="Posts within the unit")
def index(request: PostRequest, wanted: Query[Wanted]) -> dict[str, object]:
    rows: list[PostRow] = posts_below(request.scope, at=now())[wanted.after : wanted.after + SHOWN + 1]
    return {"items": rows[:SHOWN], "after": wanted.after + SHOWN if len(rows) > SHOWN else 0}


@endpoint(router, "GET", "/tokens", *ANYBODY, response=TokensOut, summary="Tokens of one's own post")
def tokens(request: PostRequest) -> dict[str, list[TokenRow]]:
    return {"items": tokens_of(request.scope, at=now())}


@endpoint(router, "DELETE", "/tokens/{token}", *ANYBODY, response=DoneOut, summary="End a token of one's own post")
def end_token(request: PostRequest, token: str) -> DoneOut:
    """A token is made on the page or the command line, by a person; a program makes none for itself."""
    revoke_token(scope=request.scope, token=token, by=request.scope.name, at=now())
    return DoneOut()


@endpoint(router, "POST", "/{post}/prolong", Verb.MANAGE_POSTS, response=DoneOut, summary="Prolong a post")
def prolong(request: PostRequest, post: str, given: ProlongIn) -> DoneOut:
    prolong_post(scope=request.scope, post=post, days=given.days, by=request.scope.name, at=now())
    return DoneOut()


@endpoint(router, "POST", "/{post}/revoke", Verb.MANAGE_POSTS, response=DoneOut, summary="Revoke a post")
def revoke(request: PostRequest, post: str, given: Nothing) -> DoneOut:
    revoke_post(scope=request.scope, post=post, by=request.scope.name, at=now())
    return DoneOut()
