"""The inbox emptied: batches opened, each event done or parked, thousands to a transaction."""

from shali.testing.services.processing.inbox import is_waited_for, process_inbox

__all__ = ["is_waited_for", "process_inbox"]
