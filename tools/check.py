"""`make check`: every reader of the sources, two at a time, each with its verdict and seconds."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent

CHECKS: dict[str, list[str]] = {
    "types": ["mypy"],
    "house rules": ["pytest", "-q", "--no-header", "-p", "no:cacheprovider", "tests/house"],
    "lint": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "import contracts": ["lint-imports", "--no-logo"],
    "templates": ["djade", "--target-version", "5.2", "--check"],
    "translations": ["python", "tools/translations.py", "check"],
}


def _run(name: str) -> tuple[str, bool, float, str]:
    program, *arguments = CHECKS[name]
    if name == "templates":
        arguments += [str(path.relative_to(ROOT)) for path in sorted((ROOT / "src").glob("**/templates/**/*.html"))]
    # Checks read the sources alone: none needs an installation, nor touches one.
    environment = os.environ | {
        "SHALI_VAR": str(ROOT / "var" / "check"),
        "SHALI_SECRET_KEY": "check",
        "SHALI_DB_POOL": "0",
        "COLUMNS": "110",
    }
    began = time.monotonic()
    done = subprocess.run(
        [str(BIN / program), *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    return name, done.returncode == 0, time.monotonic() - began, done.stdout + done.stderr


def main() -> int:
    asked = sys.argv[1:] or list(CHECKS)
    refused = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for name, passed, seconds, said in pool.map(_run, asked):
            print(f"{'ok' if passed else 'NO':>3} {seconds:6.1f} s  {name}", flush=True)
            if not passed:
                refused.append((name, said))
    for name, said in refused:
        print(f"\n--- {name}: {' '.join(CHECKS[name])}\n{said.strip()}")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
