"""The reply: the sender's own file back, in its own order, with what became of each row, and a count that balances."""

from shali.verification.services.reply.make import Reply, make_reply

__all__ = ["Reply", "make_reply"]
