"""The inbox emptied: batches opened, each event done or parked, thousands to a transaction."""

from shali.testing.services.processing.inbox import process_inbox

__all__ = ["process_inbox"]
