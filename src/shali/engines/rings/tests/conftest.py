"""Both ways to an answer, and Spark where it is installed."""

import logging
import os
import shutil

import ibis
import pytest

from .ways import by_expression, by_store, store_of


@pytest.fixture(scope="session")
def duckdb():
    return ibis.duckdb.connect()


@pytest.fixture(params=["store", "duckdb"])
def answer(request, tmp_path, duckdb):
    """Ask one way: visits, windows, thresholds, order and until in; contacts out."""
    if request.param == "duckdb":
        return lambda visits, *asked, **how: by_expression(duckdb, visits, *asked, **how)
    return lambda visits, *asked, **how: by_store(store_of(tmp_path / "store", visits), *asked, **how)


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    """Return Spark through Ibis. `make cluster` installs it and fails where it cannot run; else it may be missing."""
    try:
        import pyspark.sql
    except ImportError:
        missing = "pyspark is not installed: make cluster"
    else:
        missing = "" if shutil.which("java") else "there is no Java on this machine"
    if missing:
        assert not os.environ.get("SHALI_SPARK"), missing
        pytest.skip(missing)
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
    }
    builder = pyspark.sql.SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield ibis.pyspark.connect(session)
    session.stop()
    logging.getLogger("py4j").setLevel(logging.WARNING)  # it goes on talking after the output is closed
