"""Keep the programs of one installation running, and stop them together."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shali.config.postgres import CannotStart, Server
from shali.config.postgres.child import start_child

LOOK_EVERY_SECONDS = 0.3
STOP_WITHIN_SECONDS = 15
# More deaths than this in a minute are no accident: better to stop and be seen.
MOST_DEATHS = 5
OBSERVED_SECONDS = 60


@dataclass(slots=True)
class Program:
    """A program that is started again when it ends unasked."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    at_our_death: signal.Signals = signal.SIGTERM
    process: "subprocess.Popen[bytes] | None" = None
    deaths: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.process = start_child(self.command, at_our_death=self.at_our_death, env={**os.environ, **self.environment})

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """Signal the program and whatever it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


class Supervisor:
    def __init__(self, programs: Sequence[Program], server: Server | None) -> None:
        self.programs = programs
        self.server = server
        self._asked_to_stop = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def start(self) -> None:
        for program in self.programs:
            program.start()

    def watch(self) -> None:
        """Return when somebody asks to stop; meanwhile start again what ends.

        :raises CannotStart: a program ends again and again
        """
        while not self._asked_to_stop:
            self.look()
            time.sleep(LOOK_EVERY_SECONDS)

    def look(self) -> None:
        if self._asked_to_stop:
            return
        if self.server is not None and not self.server.is_running():
            print("PostgreSQL ended; starting it again.", flush=True)
            self.server.start()
        for program in self.programs:
            if not program.is_running() and not self._asked_to_stop:
                self._start_again(program)

    @property
    def is_stopping(self) -> bool:
        return self._asked_to_stop

    def stop(self) -> None:
        """Stop the programs first, then the database that they write to."""
        give_up = time.monotonic() + STOP_WITHIN_SECONDS
        for program in self.programs:
            program.signal(signal.SIGTERM)
        for program in self.programs:
            while program.is_running() and time.monotonic() < give_up:
                time.sleep(0.05)
            # The program, or a child of its that outlived it.
            program.signal(signal.SIGKILL)
            if program.process is not None:
                program.process.wait()
        if self.server is not None:
            self.server.stop()

    def _start_again(self, program: Program) -> None:
        now = time.monotonic()
        program.deaths = [*(death for death in program.deaths if death > now - OBSERVED_SECONDS), now]
        code = program.process.returncode if program.process else None
        if len(program.deaths) > MOST_DEATHS:
            raise CannotStart(f"The {program.name} ended {MOST_DEATHS} times within a minute (exit code {code}).")
        print(f"The {program.name} ended (exit code {code}); starting it again.", flush=True)
        program.signal(signal.SIGKILL)
        # A little longer each time: what it needs may be on its way back.
        time.sleep(0.5 * len(program.deaths))
        program.start()

    def _on_signal(self, number: int, frame: object) -> None:
        if self._asked_to_stop:
            # Asked twice: whoever asks does not want to wait.
            for program in self.programs:
                program.signal(signal.SIGKILL)
        self._asked_to_stop = True
