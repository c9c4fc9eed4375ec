"""Start, watch and stop one PostgreSQL server."""

import hashlib
import os
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path

import psycopg

from shali.config.postgres.account import can_reach, server_account
from shali.config.postgres.binaries import binaries_for
from shali.config.postgres.child import start_child
from shali.config.postgres.cluster import data_folder, make_cluster
from shali.config.postgres.lock import FolderLock
from shali.config.postgres.refusal import CannotStart
from shali.config.postgres.settings import settings_for

SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107  # bytes, of sockaddr_un
RETRY_SECONDS = 10  # a killed server lingers as a zombie for 1-2 s, and a new one refuses to start meanwhile
PATIENCE_SECONDS = 600  # recovery takes about 4.3 s for a gigabyte of log


class Server:
    """A server over one data folder. It stops with the process that started it, however that ends."""

    def __init__(self, folder: Path, *, lasting: bool = True) -> None:
        """Name the folder.

        lasting: False gives up safety against power cuts for speed; only for tests
        """
        self.folder = folder.resolve()
        self.lasting = lasting
        self.account = server_account()
        self.data = data_folder(self.folder, self.account)
        self.sockets = self._socket_folder()
        self._lock = FolderLock(self.folder.with_name(f"{self.folder.name}.lock"))
        self._child: subprocess.Popen[bytes] | None = None

    def take(self, purpose: str) -> None:
        """Take the data folder for this process, before `start`; `stop` gives it back.

        :raises InUse: another process has it, and for what
        """
        self._lock.take(purpose)

    def start(self) -> None:
        """Return once the server answers; its first start makes the data folder.

        :raises CannotStart: with a sentence that says why
        """
        binaries = binaries_for(self.account)
        make_cluster(self.data, binaries=binaries, account=self.account, lasting=self.lasting)
        self._make_socket_folder()
        give_up = time.monotonic() + RETRY_SECONDS
        while not self._started(binaries):
            if time.monotonic() > give_up and not self._forget_stranger():
                raise CannotStart(f"PostgreSQL did not start. It says:\n{self._last_words()}")
            time.sleep(0.2)

    def stop(self) -> None:
        """Ask the server to end its sessions and stop, and wait for it."""
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(signal.SIGINT)
            try:
                self._child.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self._child.send_signal(signal.SIGQUIT)
                self._child.wait()
        self._child = None
        self._lock.give_back()

    def is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def address(self, database: str = "shali") -> str:
        """Return the address without a user: each role brings its own name and password."""
        return f"postgresql:///{database}?host={self.sockets}"

    def administrator(self, database: str = "postgres") -> psycopg.Connection:
        """Connect as the server's administrator, which the kernel lets nobody but the starter do."""
        return psycopg.connect(
            host=str(self.sockets), user="postgres", dbname=database, autocommit=True, connect_timeout=5
        )

    def program(self, name: str) -> str:
        """Return the path of one of PostgreSQL's own tools."""
        return str(binaries_for(self.account) / name)

    @property
    def log(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.log")

    def _started(self, binaries: Path) -> bool:
        """Start a child and wait for an answer, not for a pid; False when the child gave up."""
        self._remove_empty_pid_file()
        command = [str(binaries / "postgres"), "-D", str(self.data), *settings_for(self.sockets, lasting=self.lasting)]
        with self.log.open("ab") as log:
            self._child = start_child(command, account=self.account, stdout=log, stderr=log, cwd="/")
        patience = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < patience:
            if self._child.poll() is not None:
                return False
            try:
                self.administrator().close()
            except psycopg.OperationalError:
                time.sleep(0.02)
                continue
            return True
        raise CannotStart(f"PostgreSQL has not answered for {PATIENCE_SECONDS} s. See {self.log}.")

    def _remove_empty_pid_file(self) -> None:
        pid_file = self.data / "postmaster.pid"
        if pid_file.exists() and not pid_file.read_text().strip():
            pid_file.unlink()

    def _forget_stranger(self) -> bool:
        """Remove a pid file that names a process which is no PostgreSQL: after a reboot numbers are given anew."""
        pid_file = self.data / "postmaster.pid"
        try:
            number = int(pid_file.read_text().split()[0])
            program = Path(os.readlink(f"/proc/{number}/exe")).name
        except (FileNotFoundError, PermissionError, ValueError, IndexError):
            return False
        if program.startswith("postgres"):
            return False
        pid_file.unlink()
        return True

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])

    def _socket_folder(self) -> Path:
        beside = self.folder.with_name(f"{self.folder.name}.socket")
        short_enough = len(os.fsencode(beside / SOCKET_NAME)) <= LONGEST_SOCKET_PATH
        if short_enough and (self.account is None or can_reach(beside.parent, self.account)):
            return beside
        mark = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path("/tmp") / f"shali-{os.geteuid()}-{mark}"  # noqa: S108  its owner and mode are checked below

    def _make_socket_folder(self) -> None:
        owner = self.account.uid if self.account else os.geteuid()
        try:
            self.sockets.mkdir(mode=0o700)
            if self.account:
                shutil.chown(self.sockets, self.account.uid, self.account.gid)
        except FileExistsError:
            seen = self.sockets.lstat()
            if not stat.S_ISDIR(seen.st_mode) or seen.st_uid not in {owner, os.geteuid()} or seen.st_mode & 0o077:
                raise CannotStart(f"{self.sockets} belongs to somebody else. Remove it, or set SHALI_VAR.") from None
            if self.account:
                shutil.chown(self.sockets, self.account.uid, self.account.gid)
