"""Extensions in SQL, against what they stand in for."""

import hashlib
import hmac
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.adapters.postgres.recipe import Provision
from bot.adapters.postgres.rehearsal.places.place import ROLE
from bot.adapters.postgres.rehearsal.places.shims import (
    SHIMS,
    SINCE,
    extension_directory,
    extension_files,
    shims_for,
)
from bot.adapters.postgres.server import start_server
from bot.adapters.postgres.tools import Installation, installations

ABLE = [each for each in installations() if each.runs_servers]
WITHOUT = [each for each in ABLE if shims_for(each, SHIMS) == SHIMS]
REAL = [
    each
    for each in ABLE
    if (there := extension_directory(each)) and (there / "pgcrypto.control").exists()
]
LENGTHS = (0, 1, 55, 56, 63, 64, 65, 1000)
HASHES = ("md5", "sha1", "sha224", "SHA256", "sha384", "sha512")
NAMES = ("", "a", "https://example.com/é", "x" * 200)

# What a function is to those who call it; how it is written is not part of that.
FUNCTIONS = """
SELECT e.extname, p.proname, pg_catalog.pg_get_function_arguments(p.oid),
       pg_catalog.pg_get_function_result(p.oid), p.provolatile, p.proisstrict, p.proparallel,
       p.proretset, p.prosecdef, p.proleakproof
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_depend d ON d.objid = p.oid AND d.deptype = 'e'
JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
WHERE e.extname IN ('pgcrypto', 'uuid-ossp')
"""

needs_none = pytest.mark.skipif(not WITHOUT, reason="no installation here wants shims")
needs_real = pytest.mark.skipif(not REAL, reason="no installation here has the real ones")

Author = psycopg.Connection[Any]


def one(connection: Author, query: str, *values: object) -> Any:
    row = connection.execute(query.encode(), values).fetchone()
    assert row is not None
    return row[0]


@pytest.fixture(scope="module")
def author() -> Iterator[Author]:
    """The owner of a database with both, created by itself."""
    if not WITHOUT:
        pytest.skip("no installation here wants shims")
    files = extension_files(WITHOUT[0], [*SHIMS, "vector"])
    settings = {"extension_control_path": "{private}/extensions:$system"}
    with start_server(
        WITHOUT[0], settings=settings, provision=Provision(extensions=files)
    ) as server:
        with psycopg.connect(server.url(), autocommit=True) as admin:
            admin.execute(f"CREATE ROLE {ROLE} LOGIN".encode())
            admin.execute(f"CREATE DATABASE mine OWNER {ROLE}".encode())
        with psycopg.connect(server.url("mine", user=ROLE), autocommit=True) as connection:
            connection.execute('CREATE EXTENSION "uuid-ossp"')
            connection.execute("CREATE EXTENSION pgcrypto")
            yield connection


@needs_real
def test_every_function_of_the_real_ones_is_there(author: Author) -> None:
    ours = set(author.execute(FUNCTIONS).fetchall())
    with (
        start_server(REAL[0], databases=("real",)) as server,
        psycopg.connect(server.url("real"), autocommit=True) as real,
    ):
        real.execute('CREATE EXTENSION "uuid-ossp"')
        real.execute("CREATE EXTENSION pgcrypto")
        theirs = set(real.execute(FUNCTIONS).fetchall())
    # New in pgcrypto 1.4, which came with PostgreSQL 18.
    newer = {each for each in ours if each[1] == "fips_mode"}
    assert ours - newer == theirs - newer
    assert len(newer) == 1


@pytest.mark.parametrize("name", HASHES)
def test_hashes_are_right(author: Author, name: str) -> None:
    for length in LENGTHS:
        message = bytes(number % 251 for number in range(length))
        right = hashlib.new(name.lower(), message).digest()
        assert one(author, "SELECT digest(%s::bytea, %s)", message, name) == right
        for key in (b"", b"short", b"q" * 64, b"long" * 50):
            right = hmac.new(key, message, name.lower()).digest()
            query = "SELECT hmac(%s::bytea, %s::bytea, %s)"
            assert one(author, query, message, key, name) == right


def test_text_is_hashed_as_its_bytes(author: Author) -> None:
    assert one(author, "SELECT digest('é\\x'::text, 'sha1')") == (
        hashlib.sha1("é\\x".encode()).digest()
    )
    assert one(author, "SELECT hmac('é', 'k', 'sha256')") == (
        hmac.new(b"k", "é".encode(), "sha256").digest()
    )


def test_named_uuids_are_right(author: Author) -> None:
    for name in NAMES:
        v5 = one(author, "SELECT uuid_generate_v5(uuid_ns_url(), %s)", name)
        assert v5 == uuid.uuid5(uuid.NAMESPACE_URL, name)
        v3 = one(author, "SELECT uuid_generate_v3(uuid_ns_dns(), %s)", name)
        assert v3 == uuid.uuid3(uuid.NAMESPACE_DNS, name)
    assert one(author, "SELECT uuid_ns_oid()") == uuid.NAMESPACE_OID
    assert one(author, "SELECT uuid_ns_x500()") == uuid.NAMESPACE_X500
    assert one(author, "SELECT uuid_nil()").int == 0


def test_uuids_of_the_time_tell_the_time_and_are_different(author: Author) -> None:
    for function in ("uuid_generate_v1", "uuid_generate_v1mc"):
        near = f"SELECT abs(extract(epoch FROM uuid_extract_timestamp({function}()) - now())) < 60"
        assert one(author, near)
        made = one(author, f"SELECT array_agg({function}()) FROM generate_series(1, 500)")
        assert len(set(made)) == 500
        assert {each.version for each in made} == {1}
        assert {each.variant for each in made} == {uuid.RFC_4122}
        # A node that was made up is marked by its multicast bit.
        assert all(each.node >> 40 & 1 for each in made)
    nodes = "SELECT count(DISTINCT right({}()::text, 12)) FROM generate_series(1, 50)"
    assert one(author, nodes.format("uuid_generate_v1")) == 1
    assert one(author, nodes.format("uuid_generate_v1mc")) == 50


def test_random_ones_are_random(author: Author) -> None:
    for function in ("uuid_generate_v4", "gen_random_uuid"):
        assert one(author, f"SELECT {function}()").version == 4
    assert len(one(author, "SELECT gen_random_bytes(1024)")) == 1024
    assert len(one(author, "SELECT gen_random_bytes(1)")) == 1
    first, second = (one(author, "SELECT gen_random_bytes(33)") for _ in range(2))
    assert first != second


@pytest.mark.parametrize(
    ("query", "sqlstate"),
    [
        ("SELECT digest('a', 'sha3')", "22023"),
        ("SELECT hmac('a', 'b', 'nothing')", "22023"),
        ("SELECT gen_random_bytes(0)", "39000"),
        ("SELECT gen_random_bytes(1025)", "39000"),
        ("SELECT crypt('a', 'b')", "0A000"),
        ("SELECT gen_salt('bf', 8)", "0A000"),
        ("SELECT pgp_sym_encrypt('a', 'b')", "0A000"),
        ("SELECT * FROM pgp_armor_headers('a')", "0A000"),
    ],
)
def test_what_they_cannot_do_they_say(author: Author, query: str, sqlstate: str) -> None:
    with pytest.raises(psycopg.Error) as caught:
        author.execute(query.encode())
    assert caught.value.sqlstate == sqlstate
    if sqlstate == "0A000":
        assert "--postgres URL" in (caught.value.diag.message_hint or "")


def test_nothing_that_the_author_sets_or_makes_leads_them_astray(author: Author) -> None:
    lies = (
        "CREATE SCHEMA lies",
        "CREATE FUNCTION lies.md5(bytea) RETURNS text LANGUAGE sql AS $$ SELECT 'lie' $$",
        "CREATE FUNCTION lies.digest(bytea, text) RETURNS bytea LANGUAGE sql RETURN $1",
        "SET search_path = lies, pg_catalog, public",
        "SET standard_conforming_strings = off",
        "SET bytea_output = 'escape'",
    )
    for lie in lies:
        author.execute(lie.encode())
    try:
        assert one(author, "SELECT public.digest('a'::text, 'md5')") == hashlib.md5(b"a").digest()
        found = one(author, "SELECT public.uuid_generate_v3(public.uuid_ns_dns(), 'a')")
        assert found == uuid.uuid3(uuid.NAMESPACE_DNS, "a")
    finally:
        author.execute("RESET ALL")
        author.execute("DROP SCHEMA lies CASCADE")


def test_they_run_as_their_caller(author: Author) -> None:
    assert not any(row[8] for row in author.execute(FUNCTIONS).fetchall())


def test_an_author_may_create_what_is_let_in(author: Author) -> None:
    author.execute("CREATE EXTENSION vector")
    author.execute("COMMENT ON EXTENSION vector IS 'mine'")
    assert one(author, "SELECT '[1,2]'::vector <-> '[1,2]'::vector") == 0
    author.execute("DROP EXTENSION vector")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        author.execute("CREATE EXTENSION dblink")


@needs_real
def test_a_server_that_has_the_real_ones_gets_none() -> None:
    assert shims_for(REAL[0], SHIMS) == ()


@needs_none
def test_only_what_is_wanted_is_brought() -> None:
    found = extension_files(WITHOUT[0], ["pgcrypto", "dblink"])
    assert found.keys() == {"pgcrypto.control", "pgcrypto--1.4.sql"}


def test_before_postgresql_18_there_are_no_shims(tmp_path: Path) -> None:
    old = Installation(tmp_path, SINCE - 1, "17.1", "given")
    assert shims_for(old, SHIMS) == ()
    assert extension_files(old, SHIMS) == {}
