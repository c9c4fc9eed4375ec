"""Whom did a case meet? Visits and infectious windows in, contacts and their contacts out. See README.md here."""

from shali.engines.rings.expression import contacts_expression
from shali.engines.rings.model import EPOCH, BadThreshold, Contacts, Thresholds, Windows
from shali.engines.rings.search import find_contacts, first_contacts, second_contacts
from shali.engines.rings.store import Batch, CannotStore, Store

__all__ = [
    "EPOCH",
    "BadThreshold",
    "Batch",
    "CannotStore",
    "Contacts",
    "Store",
    "Thresholds",
    "Windows",
    "contacts_expression",
    "find_contacts",
    "first_contacts",
    "second_contacts",
]
