"""The order as a document: what it says, as Word and as PDF, each download on record."""

from shali.foundation.measures.services.order.make import TYPES, Order, make_order

__all__ = ["TYPES", "Order", "make_order"]
