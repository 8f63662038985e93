"""One of everything that a database can hold, put back on every server there is."""

import pytest

from bot.adapters.postgres.backups.proof import expected_schema, schema_differences
from bot.core.restores.loss import TableLoss
from bot.core.restores.plan import How
from tests.adapters.postgres.restoring.places import Live

pytestmark = pytest.mark.slow

HARM = (
    'DELETE FROM "User" WHERE id > 10',
    "DROP TABLE shop.orders CASCADE",
    "CREATE TABLE extra AS SELECT 1 AS a",
    "CREATE SCHEMA more CREATE VIEW v AS SELECT 1 AS b",
    "CREATE EXTENSION fuzzystrmatch",
)


@pytest.mark.parametrize("how", How)
def test_one_of_everything_comes_back_as_it_was(sink: Live, how: How) -> None:
    manifest = sink.back_up()
    sink.ask(*HARM)

    put = sink.put(manifest, how)

    again = sink.back_up()
    assert again.tables == manifest.tables
    before, after = (expected_schema(sink.directory / each.path) for each in (manifest, again))
    assert schema_differences(manifest, before, after, manifest.server_major) == ()
    assert (put.tables, put.rows) == (len(manifest.tables), manifest.rows)
    assert put.lost is not None
    assert TableLoss("public.User", 10, 50) in put.lost
    assert TableLoss("public.extra", 1, None) in put.lost
