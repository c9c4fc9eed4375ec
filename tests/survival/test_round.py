"""A round replayed through the real doors, small here: every event is acknowledged, in its tube, and here once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.skipif("SHALI_KILLS" not in os.environ, reason="a city of its own is made for it: make survive")
def test_a_day_of_a_share_of_the_city_is_replayed_and_its_numbers_agree() -> None:
    ours = ("SHALI_", "DATABASE_URL", "DJANGO_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}

    done = subprocess.run(
        [sys.executable, "-m", "tools.round", "--share", "0.002"],
        cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    assert "0 lost, 0 twice, 0 parked" in done.stdout
    assert "4,735 people on the roster = 4,735 samples" in " ".join(done.stdout.split())
