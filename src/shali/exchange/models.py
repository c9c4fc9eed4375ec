"""Other systems that hear what happened here, and each delivery to them."""

from django.db import models
from django.db.models import F, Q

from shali.foundation.accounts.models import Post
from shali.foundation.journal.models import Fact
from shali.foundation.jurisdictions.models import PathField
from shali.foundation.vault.public_id import new_public_id


class Subscription(models.Model):
    """A receiver of another system: hears of what lies in its post's part of the tree, in ids, never in names."""

    PERSONAL = frozenset({"secret_sealed"})
    PLAIN = frozenset(
        {"id", "public_id", "post", "path", "url", "events", "made_by", "made_at", "ended_at", "ended_by"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    path = PathField()
    url = models.CharField(max_length=300)
    events = models.JSONField()  # names such as "list.closed"
    secret_sealed = models.BinaryField()
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=60, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="exchange_subscription_ended_pair",
                condition=Q(ended_at__isnull=True, ended_by="") | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
            )
        ]


class DeliveryState(models.IntegerChoices):
    WAITING = 1
    DELIVERED = 2
    GIVEN_UP = 3


class Delivery(models.Model):
    """One fact on its way to one receiver; it may arrive twice under the same number, and never not at all unseen."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "subscription", "path", "fact", "state", "due_at", "tries", "answer", "delivered_at"})

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    path = PathField()
    fact = models.ForeignKey(Fact, on_delete=models.PROTECT, related_name="+")
    state = models.SmallIntegerField(choices=DeliveryState.choices, default=DeliveryState.WAITING)
    due_at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0)
    answer = models.CharField(max_length=40, default="")  # the receiver's status, or why there was none
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "fact"], name="exchange_delivery_once"),
            models.CheckConstraint(
                name="exchange_delivery_delivered_pair",
                condition=Q(state=DeliveryState.DELIVERED, delivered_at__isnull=False)
                | (~Q(state=DeliveryState.DELIVERED) & Q(delivered_at__isnull=True)),
            ),
            models.CheckConstraint(name="exchange_delivery_tries", condition=Q(tries__gte=0)),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state=1), name="exchange_delivery_due"),
            models.Index(F("subscription"), F("id").desc(), name="exchange_delivery_log"),
        ]


class ReadUpTo(models.Model):
    """How far the journal was read; one row. `xid`: the first transaction not read yet."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"one", "xid"})

    one = models.BooleanField(primary_key=True, default=True)
    xid = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(name="exchange_readupto_single", condition=Q(one=True))]
