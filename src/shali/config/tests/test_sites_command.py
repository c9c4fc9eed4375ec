"""`shali sites` on files as they come."""

from pathlib import Path

import numpy as np
import orjson
import pytest
from typer.testing import CliRunner, Result

from shali.config.cli import app

DEMAND = "id,lon,lat,people\na,114.01,33.57,100\nb,114.02,33.58,200\nc,114.05,33.60,50\nd,114.20,33.70,10\n"
CANDIDATES = "id,lon,lat,state\nS1,114.01,33.571,\nS2,114.02,33.581,fixed\nS3,114.06,33.60,\nS4,114.2,33.7,forbidden\n"


def run(folder: Path, *more: str, demand: str = DEMAND, candidates: str = CANDIDATES) -> Result:
    (folder / "d.csv").write_text(demand)
    (folder / "c.csv").write_bytes(candidates.encode("gb18030"))
    files = ["--demand", str(folder / "d.csv"), "--candidates", str(folder / "c.csv"), "--seconds", "0.3"]
    return CliRunner().invoke(app, ["sites", *files, *more])


def test_shortest_ways_with_a_fixed_site_and_without_a_forbidden_one(tmp_path: Path) -> None:
    done = run(tmp_path, "--sites", "2", "--json", "--out", str(tmp_path / "s.geojson"))

    answer = orjson.loads(done.stdout)
    assert answer["sites"] == ["S2", "S3"]
    assert (answer["optimal"], answer["gap"]) == (True, 0.0)
    features = orjson.loads((tmp_path / "s.geojson").read_bytes())["features"]
    assert {one["properties"]["id"]: one["properties"]["points"] for one in features} == {
        "S2": ["a", "b"], "S3": ["c", "d"],
    }  # fmt: skip
    assert features[0]["properties"]["farthest"] == pytest.approx(1534, abs=10)  # 1.22 km north, 0.93 km east


def test_most_people_within_a_walk(tmp_path: Path) -> None:
    answer = orjson.loads(run(tmp_path, "--sites", "2", "--walk", "1000m", "--json").stdout)

    assert (answer["cost"], answer["sites"]) == (300.0, ["S1", "S2"])


def test_the_fewest_sites_that_reach_everybody(tmp_path: Path) -> None:
    done = run(tmp_path, "--walk", "30km", "--json")

    assert orjson.loads(done.stdout)["sites"] == ["S2"]


def test_the_fewest_sites_within_a_walk_and_a_capacity(tmp_path: Path) -> None:
    room = (
        "id,lon,lat,state,room\nS1,114.01,33.571,,120\nS2,114.02,33.581,,400\nS3,114.06,33.60,,90\nS5,114.2,33.7,,10\n"
    )
    one = orjson.loads(run(tmp_path, "--walk", "30km", "--capacity", "360", "--json", candidates=room).stdout)
    three = orjson.loads(run(tmp_path, "--walk", "5km", "--capacity", "room", "--json", candidates=room).stdout)

    assert (one["cost"], one["optimal"]) == (1, True)
    # c reaches S2 or S3, d reaches S5 alone.
    assert (three["cost"], three["optimal"], set(three["sites"]) >= {"S2", "S5"}) == (2, True, True)
    short = run(tmp_path, "--walk", "5km", "--capacity", "150", candidates=room)
    assert (short.exit_code, "200 people, its candidates hold 150" in short.stderr) == (1, True)
    both = run(tmp_path, "--walk", "5km", "--capacity", "900", "--sites", "2", candidates=room)
    assert "leave --sites out for the fewest" in both.stderr


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--walk", "2km"), "1 points with 10 people have no candidate within the walk"),
        (("--sites", "9"), "9 sites are asked for; 3 candidates may be opened and 1 are fixed"),
        (("--walk", "far", "--sites", "1"), 'far" is no distance'),
        ((), "Say how many sites"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(tmp_path: Path, more: tuple[str, ...], said: str) -> None:
    done = run(tmp_path, *more)

    assert done.exit_code == 1
    assert said in done.stderr


@pytest.mark.parametrize(
    ("demand", "said"),
    [
        (DEMAND.replace("114.02", "x"), 'row 3, column lon: "x" is no number'),
        (DEMAND.replace("33.60,50", "133.60,50"), "row 4: this is no longitude and latitude"),
        (DEMAND.replace("lon", "length"), "has no column for x"),
        (DEMAND.replace("lon,lat", "x,y"), "must both have lon and lat"),
        (DEMAND.replace("33.70,10", "33.70,-10"), "row 5 has fewer than 0 people"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path: Path, demand: str, said: str) -> None:
    done = run(tmp_path, "--sites", "2", demand=demand)

    assert done.exit_code == 1
    assert said in done.stderr


def test_files_of_the_or_library_in_both_forms(tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("4 4 1\n1 2 3\n2 3 4\n3 4 9\n2 3 1\n")
    (tmp_path / "c.txt").write_text("1 713\n4 2 10\n1 0 0 5\n2 0 3 5\n3 50 50 5\n4 50 54 5\n")

    network = CliRunner().invoke(app, ["sites", "--orlib", str(tmp_path / "p.txt"), "--json"])
    clusters = CliRunner().invoke(app, ["sites", "--orlib", str(tmp_path / "c.txt"), "--capacitated", "--json"])

    assert orjson.loads(network.stdout)["cost"] == 14  # from node 3: 4, 1, 0, 9; of the repeated edge the last counts
    assert "1 edges stand more than once" in network.stderr
    assert (orjson.loads(clusters.stdout)["cost"], orjson.loads(clusters.stdout)["optimal"]) == (7, True)


def test_a_cut_off_file_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("4 4 1\n1 2 3\n")

    done = CliRunner().invoke(app, ["sites", "--orlib", str(tmp_path / "p.txt")])

    assert done.exit_code == 1
    assert "announces 4 edges; the file holds 1" in done.stderr


def test_a_city_is_within_its_bound(tmp_path: Path) -> None:
    dice = np.random.default_rng(4)
    where = dice.normal(0, 3000, (600, 2))
    rows = ["id,x,y,people", *(f"{n},{x:.1f},{y:.1f},{dice.integers(1, 400)}" for n, (x, y) in enumerate(where))]
    some = ["id,x,y", *(f"s{n},{x:.1f},{y:.1f}" for n, (x, y) in enumerate(where[::3]))]

    answer = orjson.loads(
        run(tmp_path, "--sites", "20", "--json", demand="\n".join(rows), candidates="\n".join(some)).stdout
    )

    assert len(set(answer["sites"])) == 20
    assert answer["bound"] <= answer["cost"] <= 1.05 * answer["bound"]
