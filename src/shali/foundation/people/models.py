"""Persons and what is known of them. A value that names somebody is sealed; what must be searched has a blind index.

Row ids are taken from the sequence before the insert, because a sealed value is bound to its row.
"""

from django.db import models
from django.db.models import F, Q

from shali.foundation.jurisdictions.models import PathField, Unit
from shali.foundation.places.models import Household
from shali.foundation.vault.public_id import new_public_id


class Sex(models.IntegerChoices):
    UNKNOWN = 0
    MALE = 1
    FEMALE = 2


class Person(models.Model):
    """One human being. `merged_into` points to the record that stands for him after a merge.

    `path` is the unit that answers for his address or, without one, the unit that must find him.
    """

    PERSONAL = frozenset({"name_sealed", "birth_sealed", "sex"})
    PLAIN = frozenset({"id", "public_id", "unit", "path", "household", "source", "enrolled_at", "merged_into"})

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)  # asked for by path
    path = PathField()
    household = models.ForeignKey(
        Household, null=True, on_delete=models.SET_NULL, related_name="members", db_index=False
    )
    sex = models.SmallIntegerField(choices=Sex.choices, default=Sex.UNKNOWN)
    source = models.CharField(max_length=60)  # "register", "batch:<public id>"
    enrolled_at = models.DateTimeField()
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged_from", db_index=False
    )
    name_sealed = models.BinaryField()  # the name as received, never normalised
    birth_sealed = models.BinaryField(null=True)  # ISO day

    class Meta:
        constraints = [models.CheckConstraint(name="people_person_not_into_itself", condition=~Q(merged_into=F("id")))]
        indexes = [
            models.Index(fields=["path", "id"], name="people_person_path"),
            models.Index(fields=["household"], condition=Q(household__isnull=False), name="people_person_home"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="people_person_merged"),
        ]


class DocumentKind(models.IntegerChoices):
    RESIDENT_ID = 1  # GB 11643, 18 characters with check digit
    OLD_RESIDENT_ID = 2  # 15 digits, before 1999
    PASSPORT = 3
    HONG_KONG_MACAU_PERMIT = 4
    TAIWAN_PERMIT = 5
    HMT_RESIDENCE_PERMIT = 6  # 81/82/83 with the check digit of GB 11643
    FOREIGN_RESIDENT_ID = 7
    UNKNOWN = 9


class Document(models.Model):
    """A numbered document of a person. A whole number (its structure and check digit hold) has one holder."""

    PERSONAL = frozenset({"number_sealed", "number_blind"})
    PLAIN = frozenset({"id", "person", "kind", "whole", "source", "seen_at", "ended_at"})

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="documents", db_index=False)
    kind = models.SmallIntegerField(choices=DocumentKind.choices)
    whole = models.BooleanField()
    source = models.CharField(max_length=60)
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    number_blind = models.BinaryField(max_length=16)
    number_sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number_blind"],
                condition=Q(whole=True, ended_at__isnull=True),
                name="people_document_one_holder",
            )
        ]
        indexes = [models.Index(fields=["person"], name="people_document_person")]


class Phone(models.Model):
    PERSONAL = frozenset({"number_sealed", "number_blind"})
    PLAIN = frozenset({"id", "person", "source", "seen_at", "ended_at"})

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="phones")
    source = models.CharField(max_length=60)
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    number_blind = models.BinaryField(max_length=16, db_index=True)
    number_sealed = models.BinaryField()


class AddressKind(models.IntegerChoices):
    HOME = 1
    STAYING = 2
    WORK = 3
    REGISTERED = 4


class Address(models.Model):
    """An address as written, and the deepest unit of the tree that it names (none: outside, or not to be read)."""

    PERSONAL = frozenset({"text_sealed"})
    PLAIN = frozenset({"id", "person", "kind", "unit", "source", "seen_at", "ended_at"})

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="addresses")
    kind = models.SmallIntegerField(choices=AddressKind.choices, default=AddressKind.HOME)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    source = models.CharField(max_length=60)
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    text_sealed = models.BinaryField()


class Key(models.Model):
    """A blind blocking key of a person: who shares one is worth comparing. It says what kind of key it is to nobody.

    The table lies in parts by person, and its index by value is no constraint: see migration 0007.
    """

    PERSONAL = frozenset({"value"})
    PLAIN = frozenset({"person"})

    pk = models.CompositePrimaryKey("person", "value")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="keys", db_index=False)
    value = models.BigIntegerField()  # of a kind and its text, from `bulk_blind_number`


class Sight(models.Model):
    """Need-to-know beyond residence: this unit may see this person for this task, until some time after it ended."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "person", "path", "task", "since", "ends_at"})

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="sights", db_index=False)
    path = PathField()
    task = models.BigIntegerField()
    since = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "path", "task"], name="people_sight_once")]


class MergeState(models.IntegerChoices):
    PROPOSED = 1
    APPROVED = 2
    REFUSED = 3
    UNDONE = 4


class Merge(models.Model):
    """Two records said to be one person: proposed by one, decided by another, undone without loss."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset(
        {"id", "public_id", "kept", "lost", "path", "state", "reason", "proposed_by", "proposed_at"}
        | {"decided_by", "decided_at", "undone_by", "undone_at"}
    )

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id)
    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges_kept")
    lost = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges_lost")
    path = PathField()  # the common parent of both, whose desk decides
    state = models.SmallIntegerField(choices=MergeState.choices, default=MergeState.PROPOSED)
    reason = models.CharField(max_length=60)
    proposed_by = models.CharField(max_length=60)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=60, default="")
    decided_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=60, default="")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="people_merge_two_records", condition=~Q(kept=F("lost"))),
            models.CheckConstraint(name="people_merge_two_persons", condition=~Q(decided_by=F("proposed_by"))),
            models.CheckConstraint(
                name="people_merge_decided",
                condition=Q(state=MergeState.PROPOSED, decided_at__isnull=True, decided_by="")
                | (~Q(state=MergeState.PROPOSED) & Q(decided_at__isnull=False) & ~Q(decided_by="")),
            ),
            models.CheckConstraint(
                name="people_merge_undone",
                condition=(Q(state=MergeState.UNDONE) & Q(undone_at__isnull=False) & ~Q(undone_by=""))
                | (~Q(state=MergeState.UNDONE) & Q(undone_at__isnull=True, undone_by="")),
            ),
            models.UniqueConstraint(
                fields=["lost"],
                condition=Q(state__in=[MergeState.PROPOSED, MergeState.APPROVED]),
                name="people_merge_one_at_a_time",
            ),
        ]


class MergeMove(models.Model):
    """One row that a merge pointed to the kept person, and whatever else it changed there: un-merge plays it back."""

    PERSONAL: frozenset[str] = frozenset()
    PLAIN = frozenset({"id", "merge", "relation", "row", "before"})

    merge = models.ForeignKey(Merge, on_delete=models.PROTECT, related_name="moves")
    relation = models.CharField(max_length=80)  # "people.Phone.person"
    row = models.BigIntegerField()
    before = models.JSONField()  # plain column values before the merge, ids and times only
