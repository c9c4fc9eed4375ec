"""The inbox emptied: batches opened, each event done or parked, thousands to a transaction."""

from shali.testing.services.processing.inbox import how_many_wait, process_inbox

__all__ = ["how_many_wait", "process_inbox"]
