"""`shali run`: from a checkout to an address that answers."""

import http.client
import io
import os
import socket
import time

from shali.config.database import var_folder
from shali.config.postgres import CannotStart, Server
from shali.config.start import checkout, prepare
from shali.config.start.database import local_server, prepare_given, start_local
from shali.config.start.programs import web_server, worker
from shali.config.start.steps import step
from shali.config.start.supervisor import Supervisor

SECONDS_TO_ANSWER = 60
ANY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104  compared, not bound


def run(*, host: str, port: int, demo: bool, web_workers: int) -> None:
    """Start everything, say where it is, and stay until asked to stop.

    :raises CannotStart: with a sentence that says what is in the way
    """
    began = time.monotonic()
    _check_port(host, port)
    given = os.environ.get("DATABASE_URL")
    var_folder().mkdir(parents=True, exist_ok=True)
    server = None if given else local_server("run")
    supervisor = Supervisor([web_server(host, port, web_workers), worker()], server)
    try:
        _prepare_everything(given, server, demo=demo)
        if not supervisor.is_stopping:
            with step("Web server and worker"):
                supervisor.start()
                _wait_for_answer(supervisor, host, port)
        if not supervisor.is_stopping:
            _say_where(host, port, seconds=time.monotonic() - began, demo=demo)
        supervisor.watch()
    finally:
        supervisor.stop()
        print("\nStopped. The data stays in", var_folder())


def _prepare_everything(given: str | None, server: Server | None, *, demo: bool) -> None:
    if checkout.is_checkout():
        if not checkout.front_end_is_current():
            with step("Front end built"):
                checkout.build_front_end()
        checkout.compile_translations()
    if server is not None:
        with step("PostgreSQL"):
            start_local(server)
    elif given:
        with step("PostgreSQL of DATABASE_URL"):
            prepare_given(given)
    set_up_django(role="owner")
    with step("Tables"):
        prepare.migrate()
    if city := prepare.optional("shali.config.city.progress"):
        _refuse_half_a_city(is_half_made=city.is_half_made())
    if reference := prepare.optional("shali.config.reference"):
        with step("Reference data"):
            reference.ensure()
    if demo and (city := prepare.optional("shali.config.demo")):
        with step("Demo city"):
            city.ensure()
    with step("Static files"):
        prepare.collect_static()
    from django.core.management import call_command
    from django.db import connections

    # A mistake in the code shows once and here, not from every program that is about to start.
    call_command("check", stdout=io.StringIO())
    connections.close_all()


def _refuse_half_a_city(*, is_half_made: bool) -> None:
    """Foreign keys are not enforced before a city is whole."""
    if is_half_made:
        raise CannotStart("A city is half made in this database: `make city` goes on with it. Then start again.")


def set_up_django(*, role: str) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shali.config.settings")
    os.environ |= {"SHALI_DB_ROLE": role, "SHALI_DB_POOL": "0"}
    django.setup()


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} of {host} cannot be had ({error.strerror}). "
                f"Stop what uses it, or take another: `make run PORT={port + 1}`, `shali run --port {port + 1}`."
            ) from None


def _wait_for_answer(supervisor: Supervisor, host: str, port: int) -> None:
    give_up = time.monotonic() + SECONDS_TO_ANSWER
    while not supervisor.is_stopping:
        supervisor.look()
        connection = http.client.HTTPConnection("localhost" if host in ANY_ADDRESS else host, port, timeout=5)
        try:
            connection.request("GET", "/")
            connection.getresponse()
        except OSError:
            if time.monotonic() > give_up:
                raise CannotStart(f"The web server has not answered for {SECONDS_TO_ANSWER} s.") from None
            time.sleep(0.1)
        else:
            return  # whatever it says, it answers
        finally:
            connection.close()


def _address(host: str, port: int) -> str:
    return f"http://{'localhost' if host in ANY_ADDRESS | {'127.0.0.1', '::1'} else host}:{port}"


def _say_where(host: str, port: int, *, seconds: float, demo: bool) -> None:
    address = _address(host, port)
    print(f"\nShali answers at {address} after {seconds:.1f} s.")
    city = prepare.optional("shali.config.demo") if demo else None
    if city:
        from django.db import connections

        print("Sign in once with each of these links, within the hour; `shali demo links` makes new ones.")
        for name, link in city.links(address):
            print(f"  {name:<28} {link}")
        connections.close_all()
    print("Ctrl-C stops everything; the data stays.\n", flush=True)
