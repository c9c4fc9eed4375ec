"""A Chromium for the tests: the machine's own, or one from its package manager; never a skipped test."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Each system's own way, with a font that has Chinese.
PACKAGE_MANAGERS = {
    "apt-get": (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-noto-cjk"],
    ),
    "dnf": (["dnf", "install", "-y", "-q", "chromium", "google-noto-sans-cjk-fonts"],),
    "apk": (["apk", "add", "--quiet", "chromium", "font-noto-cjk"],),
    "pacman": (["pacman", "-S", "--noconfirm", "--quiet", "chromium", "noto-fonts-cjk"],),
}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class NoChromium(Exception):
    """There is no browser to test in; the sentence says how to bring one."""


@cache
def chromium() -> str:
    """Return the path of a Chromium, installed first where there is none.

    :raises NoChromium: none is here and none can be installed
    """
    if found := _found():
        return found
    lock = Path(tempfile.gettempdir()) / f"shali-chromium-{os.geteuid()}.lock"
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if found := _found():
            return found
        said = _install()
    if found := _found():
        return found
    raise NoChromium(
        "The browser tests need Chromium, and it could not be installed here. Install it with the system's package "
        f"manager (Debian: apt-get install chromium), or name one in SHALI_CHROMIUM.\n{said}"
    )


def _found() -> str | None:
    given = os.environ.get("SHALI_CHROMIUM")
    return given or next((path for name in NAMES if (path := shutil.which(name))), None)


def _install() -> str:
    for manager, commands in PACKAGE_MANAGERS.items():
        if not shutil.which(manager):
            continue
        as_root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
        if as_root and not shutil.which("sudo"):
            return f"{manager} is here, but only root may install with it."
        for command in commands:
            done = subprocess.run(
                [*as_root, *command],
                env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                return f"`{' '.join(command)}` said:\n{done.stderr.strip()}"
        return ""
    return "No package manager that is known here was found."
