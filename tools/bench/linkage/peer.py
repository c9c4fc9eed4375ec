"""One run of splink 5, as a process of its own: training and prediction are timed, reading the tables is not."""

import json
import sys
import time

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on


def _levels(name: str, *levels: tuple[str, str]):
    """Null, the exact level (with term frequencies), then each (sql, label), else."""
    first = f"{name}_l = {name}_r"
    told = [
        {"sql_condition": f"{name}_l is null or {name}_r is null", "label_for_charts": "null", "is_null_level": True},
        {"sql_condition": first, "label_for_charts": "same", "tf_adjustment_column": name, "tf_adjustment_weight": 1.0},
        *({"sql_condition": sql, "label_for_charts": label} for sql, label in levels),
        {"sql_condition": "ELSE", "label_for_charts": "else"},
    ]
    return cl.CustomComparison(output_column_name=name, comparison_levels=told)


def _osa(name: str, most: int) -> tuple[str, str]:
    return f"damerau_levenshtein({name}_l, {name}_r) <= {most}", f"distance {most}"


def city():
    return [
        _levels(
            "name", ("name_sound_l = name_sound_r", "sound"), _osa("name", 1), ("name_l[1] = name_r[1]", "surname")
        ),
        _levels("birth", _osa("birth", 1), ("birth_l[1:4] = birth_r[1:4]", "year")),
        _levels(
            "document",
            ("len(document_l) >= 15 and document_l[1:15] = document_r[1:15]", "cut"),
            _osa("document", 1),
            _osa("document", 2),
        ),
        _levels("phone", ("phone_l = phone2_r", "second"), _osa("phone", 1)),
        _levels(
            "address",
            ("jaro_winkler_similarity(address_l, address_r) >= 0.95", "0.95"),
            ("jaccard(address_l, address_r) >= 0.8", "0.8"),
            ("jaccard(address_l, address_r) >= 0.6", "0.6"),
        ),
    ]


def febrl():
    return [
        cl.NameComparison("given_name"),
        cl.NameComparison("surname"),
        _levels("birth", _osa("birth", 1), _osa("birth", 2)),
        _levels("document", _osa("document", 1), _osa("document", 2)),
        _levels(
            "address",
            ("jaro_winkler_similarity(address_l, address_r) >= 0.9", "0.9"),
            ("jaccard(address_l, address_r) >= 0.8", "0.8"),
        ),
    ]


def main(left: str, right: str, out: str, which: str, expected: str) -> None:
    con = duckdb.connect()
    con.execute("set threads = 2")
    for name, path in (("l", left), ("r", right)):
        con.execute(f"create table {name} as select * from '{path}'")
    columns = [one[0] for one in con.execute("describe l").fetchall()]
    rows = [con.execute(f"select count(*) from {name}").fetchall()[0][0] for name in ("l", "r")]
    keys = [one for one in columns if one[0] == "k" and one[1:].isdigit()]
    began, used = time.perf_counter(), time.process_time()
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=city() if which == "city" else febrl(),
        blocking_rules_to_generate_predictions=[block_on(key) for key in keys],
        probability_two_random_records_match=float(expected) / rows[0] / rows[1],
        additional_columns_to_retain=[],
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )
    api = DuckDBAPI(connection=con)
    linker = Linker([api.register("l"), api.register("r")], settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (["document"], ["name", "address"]) if which == "city" else (["document"], ["given_name", "surname"]):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    trained = time.perf_counter()
    found = linker.inference.predict(threshold_match_weight=-10)
    con.execute(
        'copy (select unique_id_l as "left", unique_id_r as "right", match_probability as score, match_weight as weight'
        f" from {found.physical_name}) to '{out}' (format parquet)"
    )
    ended, used = time.perf_counter(), time.process_time() - used
    steps = {"train": trained - began, "predict": ended - trained}
    print(json.dumps({"seconds": ended - began, "processor": used, "steps": steps}))


if __name__ == "__main__":
    main(*sys.argv[1:])
