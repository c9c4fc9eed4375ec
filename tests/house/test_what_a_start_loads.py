"""A start loads no compiled loops, solver or dictionary: only who asks for what needs them waits for them."""

import subprocess
import sys

START = """
import sys, django
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
print(*sorted(sys.modules))
"""
DEAR = {"numba", "scipy", "polars", "pypinyin", "duckdb", "matplotlib", "PIL"}


def test_a_start_loads_nothing_dear() -> None:
    done = subprocess.run(
        [sys.executable, "-c", START],
        env={"DJANGO_SETTINGS_MODULE": "shali.config.settings", "SHALI_DB_POOL": "0"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert "shali.testing.api.plans" in loaded
    assert not DEAR & loaded, f"loaded at each start: {sorted(DEAR & loaded)}"
