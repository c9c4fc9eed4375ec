"""Children that do not outlive the program that started them."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from shali.config.postgres.account import Account

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def start_child(
    command: Sequence[str],
    *,
    account: Account | None = None,
    at_our_death: signal.Signals = signal.SIGINT,
    **options: Any,  # handed to Popen as they are
) -> "subprocess.Popen[bytes]":
    """Start a program in a session of its own, so that Ctrl-C reaches us and not it; the kernel signals it when we die.

    The kernel watches the thread that starts the child: call this from the main thread.
    """
    starter = os.getpid()

    def follow_us_in_death() -> None:
        # Runs after the change of account, which would clear the setting.
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(at_our_death))
        if os.getppid() != starter:
            os._exit(1)

    as_account: dict[str, Any] = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    return subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=follow_us_in_death,  # noqa: PLW1509  one thread, and nothing but two system calls
        **as_account,
        **options,
    )
