from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from shali.foundation.accounts.roles import Role
from shali.foundation.jurisdictions.models import Department, PathField, Unit
from shali.foundation.jurisdictions.reading import columns, made_of, read_by_key
from shali.foundation.vault.public_id import new_public_id


class UserManager(BaseUserManager["User"]):
    def get(self, *conditions: Any, **given: Any) -> "User":
        """Return one user, as Django does; by his number, which every request asks for, in fewer steps."""
        if conditions or given.keys() != {"pk"}:
            return super().get(*conditions, **given)
        found = read_by_key(f"select {columns(User, 's')} from accounts_user s where s.id = %(pk)s", **given)  # noqa: S608
        if not found:
            raise User.DoesNotExist
        return made_of(User, found[0])

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


class User(AbstractBaseUser):
    """Somebody who signs in. What he may do comes from his posts alone; there are no superusers."""

    PERSONAL = frozenset({"name"})  # staff are named on the work they do; their names stay inside the application
    PLAIN = frozenset({"id", "username", "password", "last_login", "language", "is_active", "made_at"})

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    objects = UserManager()


class Post(models.Model):
    """Role x unit x expiry. The right of a post ends by the clock; nothing has to run for that."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "public_id", "user", "role", "unit", "path", "department", "starts_at", "ends_at", "sponsor"}
        | {"given_by", "revoked_at", "revoked_by"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=30, choices=[(role.code, role.code) for role in Role])
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    path = PathField()
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="posts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # Whoever answers for this post being needed; None only for the first posts of an installation.
    sponsor = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    given_by = models.CharField(max_length=60)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=60, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(name="accounts_post_days", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="accounts_post_revoked_pair",
                condition=Q(revoked_at__isnull=True, revoked_by="") | (Q(revoked_at__isnull=False) & ~Q(revoked_by="")),
            ),
        ]
        indexes = [models.Index(fields=["path", "role"], name="accounts_post_path")]

    @property
    def title(self) -> str:
        return str(Role.by_code(self.role).title)


class SignInLink(models.Model):
    """A link that signs one person in, once, before its hour. Only the hash of its token is kept."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "token_hash", "user", "post", "made_by", "made_at", "expires_at", "used_at"})

    token_hash = models.BinaryField(max_length=32, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    post = models.ForeignKey(Post, null=True, on_delete=models.CASCADE, related_name="+")
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class ApiToken(models.Model):
    """A program's way in: acts for one post, with some of its verbs, until its hour. Only the hash is kept."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "public_id", "token_hash", "post", "name", "verbs", "made_by", "made_at", "expires_at"}
        | {"last_used_on", "revoked_at", "revoked_by"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    token_hash = models.BinaryField(max_length=32, unique=True)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)  # what the program is for, in the words of whoever made the token
    verbs = models.JSONField()
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=60, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(name="accounts_apitoken_ends", condition=Q(expires_at__gt=F("made_at"))),
            models.CheckConstraint(
                name="accounts_apitoken_revoked_pair",
                condition=Q(revoked_at__isnull=True, revoked_by="") | (Q(revoked_at__isnull=False) & ~Q(revoked_by="")),
            ),
        ]


class AnsweredRequest(models.Model):
    """A write that a program asked for under a key of its own: asked again, it gets the same answer."""

    PERSONAL = frozenset({"body_sealed"})
    PLAIN = frozenset({"id", "token", "key", "request_hash", "status", "headers", "at"})

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=80)
    request_hash = models.BinaryField(max_length=32)
    status = models.SmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body_sealed = models.BinaryField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="accounts_answeredrequest_once")]
        indexes = [models.Index(fields=["at"], name="accounts_answered_at")]
