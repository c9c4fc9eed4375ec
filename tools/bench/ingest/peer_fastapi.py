"""FastAPI with asyncpg: a row an event in one statement of arrays, the fastest way that keeps a key."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import orjson
from fastapi import FastAPI, Request, Response
from psycopg.conninfo import conninfo_to_dict

INSERT = """
insert into bench_event_fastapi (station, seq, event, session, step, sealed, received_at)
select $1, * , $7 from unnest($2::bigint[], $3::uuid[], $4::text[], $5::int[], $6::text[])
on conflict do nothing
"""


@asynccontextmanager
async def _with_pool(app: FastAPI) -> AsyncIterator[None]:
    said = conninfo_to_dict(os.environ["BENCH_DATABASE"])
    app.state.pool = await asyncpg.create_pool(
        host=said["host"],
        user=said["user"],
        password=said.get("password"),
        database=said["dbname"],
        min_size=4,
        max_size=4,
    )
    yield
    await app.state.pool.close()


application = FastAPI(lifespan=_with_pool)


@application.post("/station/batches/")
async def take(request: Request) -> Response:
    events = orjson.loads(await request.body())
    arrays = (
        [one["q"] for one in events],
        [UUID(one["e"]) for one in events],
        [one["s"] for one in events],
        [one["n"] for one in events],
        [one["x"] for one in events],
    )
    async with application.state.pool.acquire() as connection:
        await connection.execute(INSERT, request.headers["x-station"], *arrays, datetime.now(UTC))
    return Response(b'{"state":"kept"}', media_type="application/json")
