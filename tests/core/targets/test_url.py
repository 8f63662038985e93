"""Connection URLs: what Prisma means by them, what libpq is told, and what is never shown."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.targets.url import ConnectionUrl, environment_without_libpq, parse_url
from bot.core.targets.url_parameters import PARAMETERS
from bot.errors import UsageError

CANARY = "s3cr3t canary/#?@:%"
ENCODED = quote(CANARY, safe="")


def test_every_part_is_taken_apart() -> None:
    url = parse_url("postgresql://an%40na:pa%2Fss@db.example:6543/sh%20op?schema=tenant")
    assert url == ConnectionUrl(
        host="db.example",
        port=6543,
        database="sh op",
        user="an@na",
        password="pa/ss",
        schema="tenant",
        options='-c search_path="tenant"',
    )


def test_what_is_left_out_is_what_prisma_takes() -> None:
    url = parse_url("postgres://host")
    assert (url.port, url.database, url.schema, url.user) == (5432, "postgres", "public", None)
    assert url.sslmode == "prefer"
    assert url.connect_timeout == 5
    assert url.options == ""
    assert not url.pooled


def test_a_host_in_the_query_is_a_socket_directory_and_wins() -> None:
    url = parse_url("postgresql://me@localhost/shop?host=/var/run/postgresql")
    assert url.host == "/var/run/postgresql"
    assert parse_url("postgresql:///shop?host=/run").conninfo()["host"] == "/run"


def test_an_ipv6_address_loses_its_brackets() -> None:
    url = parse_url("postgresql://u@[::1]:5433/shop")
    assert (url.host, url.port) == ("::1", 5433)
    assert url.redacted == "postgresql://[::1]:5433/shop"


@pytest.mark.parametrize(
    ("query", "sslmode", "root"),
    [
        ("", "prefer", None),
        ("sslmode=disable", "disable", None),
        ("sslmode=require", "require", None),
        ("sslmode=nonsense", "prefer", None),
        ("sslmode=require&sslcert=ca.pem", "require", "ca.pem"),
        ("sslmode=require&sslaccept=accept_invalid_certs", "require", None),
        ("sslmode=require&sslaccept=strict", "verify-full", "system"),
        ("sslmode=require&sslaccept=unknown", "verify-full", "system"),
        ("sslmode=require&sslaccept=strict&sslcert=ca.pem", "verify-full", "ca.pem"),
        ("sslmode=disable&sslaccept=strict", "disable", None),
        ("sslmode=verify-full&sslrootcert=rds.pem", "verify-full", "rds.pem"),
        ("sslmode=verify-ca&sslcert=ca.pem", "verify-ca", "ca.pem"),
    ],
)
def test_tls_is_asked_for_as_prisma_means_it(query: str, sslmode: str, root: str | None) -> None:
    url = parse_url(f"postgresql://u@h/d?{query}")
    assert (url.sslmode, url.sslrootcert) == (sslmode, root)


@pytest.mark.parametrize(
    ("query", "seconds"), [("", 5), ("connect_timeout=0", 0), ("connect_timeout=30", 30)]
)
def test_the_connection_timeout_is_five_seconds_unless_said(query: str, seconds: int) -> None:
    assert parse_url(f"postgresql://u@h/d?{query}").conninfo()["connect_timeout"] == seconds


def test_options_and_a_schema_go_together_and_the_schema_wins() -> None:
    url = parse_url('postgresql://u@h/d?options=-c%20lock_timeout%3D1000&schema=od"d%20one\\')
    assert url.options == '-c lock_timeout=1000 -c search_path="od""d\\ one\\\\"'


def test_parameters_that_only_prisma_has_are_left_out() -> None:
    query = "pgbouncer=true&connection_limit=3&pool_timeout=5&statement_cache_size=0&x=y"
    url = parse_url(f"postgresql://u@h/d?{query}&channel_binding=require&application_name=app")
    assert url.pooled
    assert url.conninfo() == {
        "host": "h",
        "port": 5432,
        "dbname": "d",
        "user": "u",
        "options": "",
        "sslmode": "prefer",
        "channel_binding": "require",
        "connect_timeout": 5,
        "application_name": "app",
    }


def test_a_child_process_gets_everything_by_its_environment() -> None:
    url = parse_url(f"postgresql://u:{ENCODED}@h:1234/d?schema=s&sslmode=require&sslcert=ca.pem")
    assert url.libpq_environment() == {
        "PGHOST": "h",
        "PGPORT": "1234",
        "PGUSER": "u",
        "PGPASSWORD": CANARY,
        "PGDATABASE": "d",
        "PGOPTIONS": '-c search_path="s"',
        "PGSSLMODE": "require",
        "PGSSLROOTCERT": "ca.pem",
        "PGCONNECT_TIMEOUT": "5",
    }
    environ = {"PATH": "/bin", "PGPASSWORD": "other", "PGSERVICE": "x"}
    assert environment_without_libpq(environ) == {"PATH": "/bin"}


def test_another_database_keeps_everything_else() -> None:
    url = parse_url("postgresql://u:p@h:1/one?schema=s").with_database("two 2")
    assert url.database == "two 2"
    assert url.text == "postgresql://u:p@h:1/two%202?schema=s"
    assert parse_url("postgresql://u@h").with_database("x").text == "postgresql://u@h/x"


def test_a_client_certificate_is_refused_in_words() -> None:
    with pytest.raises(UsageError, match="sslidentity"):
        parse_url("postgresql://u@h/d?sslidentity=client.p12&sslpassword=x")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mysql://u:canary@h/d",
        "prisma+postgres://u:canary@h/d",
        "canary",
        "postgresql://u:can#ary@h/d",
        "postgresql://u:canary/2@h/d",
        "postgresql://u:canary?2@h/d",
        "postgresql://u:canary@h:port/d",
        "postgresql://u:canary@h:99999/d",
        "postgresql://u:canary@one:1,two:2/d",
        "postgresql://u:canary%ff@h/d",
        "postgresql://u:canary%00@h/d",
        "postgresql://u:canary@h/d?schema=%ff",
        "postgresql://u:canary@h/d?schema=%00",
        "postgresql://u:canary@h/d?connect_timeout=soon",
        "postgresql://u:canary@h/d?sslidentity=x",
    ],
)
def test_a_url_that_cannot_be_read_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_url(text, name="STAGING_DATABASE_URL")
    said = caught.value.message + caught.value.hint
    assert "STAGING_DATABASE_URL" in said
    assert "canary" not in said
    assert "ary" not in said.replace("primary", "")
    assert caught.value.__cause__ is None


def test_what_may_be_shown_has_no_user_and_no_secret() -> None:
    url = parse_url(f"postgresql://token:{ENCODED}@h/d?schema=s&options=-c%20x.y%3Dz")
    for shown in (url.redacted, str(url), repr(url).replace("user='token'", "")):
        assert "token" not in shown
        assert "canary" not in shown
    assert url.redacted == "postgresql://h:5432/d?schema=s"
    socket = parse_url("postgresql:///shop?host=/run/postgresql")
    assert socket.redacted == "postgresql:///shop?host=/run/postgresql"


def test_secrets_know_their_other_forms() -> None:
    url = parse_url(f"postgresql://u:{ENCODED}@h/d?sslpassword=other")
    assert {CANARY, ENCODED, ENCODED.lower(), url.text, "other"} <= set(url.secrets)
    assert list(url.secrets) == sorted(url.secrets, key=lambda form: (-len(form), form))
    assert url.text in url.with_database("x").secrets


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_any_password_survives_and_is_never_shown(password: str) -> None:
    marked = f"canary{password}"
    url = parse_url(f"postgresql://u:{quote(marked, safe='')}@h/d")
    assert url.password == marked
    assert marked in url.secrets
    assert quote(marked, safe="") in url.secrets
    assert "canary" not in repr(url) + str(url)


# One row for each parameter of url_parameters.PARAMETERS: a value, and what it changes.
BASE = parse_url("postgresql://u@h/d").conninfo()
HONOURED = [
    ("schema=tenant", {"options": '-c search_path="tenant"'}),
    ("schema=od%22d%20%2F%C3%A9%5C", {"options": '-c search_path="od""d\\ /é\\\\"'}),
    ("sslmode=require", {"sslmode": "require"}),
    ("sslaccept=strict", {"sslmode": "verify-full", "sslrootcert": "system"}),
    ("sslcert=ca.pem", {"sslrootcert": "ca.pem"}),
    ("sslrootcert=ca.pem", {"sslrootcert": "ca.pem"}),
    ("sslpassword=hush", {}),
    ("connect_timeout=9", {"connect_timeout": 9}),
    ("application_name=app", {"application_name": "app"}),
    ("channel_binding=require", {"channel_binding": "require"}),
    ("channel_binding=nonsense", {}),
    ("options=-c%20lock_timeout%3D1000", {"options": "-c lock_timeout=1000"}),
    ("host=/run/pg", {"host": "/run/pg"}),
    ("host=other.example", {"host": "other.example"}),
    # Options would be refused by the pooler; the search path is set in each transaction.
    ("pgbouncer=true&schema=tenant", {}),
    ("pgbouncer=false&schema=tenant", {"options": '-c search_path="tenant"'}),
    ("target_session_attrs=read-write", {}),
    ("target_session_attrs=primary", {}),
    ("target_session_attrs=nonsense", {}),
    ("socket_timeout=1", {}),
    ("connection_limit=1", {}),
    ("pool_timeout=1", {}),
    ("statement_cache_size=0", {}),
    ("max_connection_lifetime=1", {}),
    ("max_idle_connection_lifetime=1", {}),
    ("load_balance_hosts=random", {}),
]
REFUSED = [
    ("sslidentity=client.p12", "sslidentity"),
    ("host=one,two", "several hosts"),
    ("target_session_attrs=standby", "asks for a standby"),
    ("target_session_attrs=prefer-standby", "asks for a standby"),
    ("target_session_attrs=read-only", "asks for a standby"),
    ("pgbouncer=true&options=-c%20lock_timeout%3D1", "a pooler takes no options"),
    ("connect_timeout=soon", "is no number"),
]


@pytest.mark.parametrize(("query", "changes"), HONOURED)
def test_each_parameter_is_translated_or_left_out(query: str, changes: dict[str, object]) -> None:
    assert parse_url(f"postgresql://u@h/d?{query}").conninfo() == {**BASE, **changes}


@pytest.mark.parametrize(("query", "says"), REFUSED)
def test_what_cannot_be_honoured_is_refused_in_words(query: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse_url(f"postgresql://u@h/d?{query}")


def test_no_parameter_is_without_a_row_and_without_words() -> None:
    tried = {
        pair.partition("=")[0]
        for query, _ in [*HONOURED, *REFUSED]
        for pair in query.split("&")
        if not pair.startswith("load_balance_hosts")
    }
    assert tried == set(PARAMETERS)


def test_a_schema_of_their_own_is_told_from_options_of_their_own() -> None:
    assert parse_url("postgresql://u@h/d?schema=s").only_search_path
    assert not parse_url("postgresql://u@h/d?schema=s&options=-c%20a.b%3D1").only_search_path
