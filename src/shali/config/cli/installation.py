"""What a command needs that works on the installation's rows."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from shali.config.postgres import InUse


@contextmanager
def installation(*, role: str = "web", prepared: bool = False) -> Iterator[None]:
    """Run a block with Django set up under one of the three roles, and the database answering.

    Where `shali run` is at work its database is used; otherwise one is started for the block and stopped after it.
    Keep models out of the top of a command's module: they can be imported inside this block and not before.

    prepared: make roles and rights first, also on the server of DATABASE_URL
    :raises CannotStart: there is no database to be had
    """
    from shali.config.start.database import local_server, prepare_given, start_local
    from shali.config.start.run import set_up_django

    given = os.environ.get("DATABASE_URL")
    server = None
    if given and prepared:
        prepare_given(given)
    elif not given:
        try:
            server = local_server("command")
        except InUse:
            pass  # `shali run` is at work, and its database answers
        else:
            start_local(server)
    try:
        set_up_django(role=role)
        yield
        from django.db import connections

        connections.close_all()
    finally:
        if server is not None:
            server.stop()
