"""`reset` pointed at something that matters, in every way one can think of: what is decided."""

from dataclasses import replace

import pytest

from bot.core.resets.refusing import Other, is_local, refusal, refusal_by_kind
from bot.core.resets.scene import Scene, Session
from bot.core.targets.fleet import Fleet, Source
from bot.core.targets.identity import Identity, Mark, Pin
from bot.core.targets.server import ServerFacts
from bot.core.targets.target import Kind, Target
from bot.errors import ExitCode

HERE = Identity("7", "shop", 16385, "localhost")
FACTS = ServerFacts("18.1", 18, "shop", read_only=False, in_recovery=False, identity=HERE)
SCENE = Scene(FACTS)
TARGET = Target("development", Kind.DEVELOPMENT, "DATABASE_URL")
STAGING = Target("staging", Kind.STAGING, "STAGING_DATABASE_URL")
TENANTS = Fleet(Source(urls_env="TENANTS"))
ADDRESS = ("localhost", 5432, "shop")
WHOLE = Pin(system_identifier="7", database="shop")


def code(
    target: Target = TARGET,
    scene: Scene = SCENE,
    *others: Other,
    address: tuple[str, int, str] = ADDRESS,
) -> ExitCode | None:
    found = refusal(target, scene, others, address)
    if found is None:
        return None
    assert "Nothing was changed." in found.message
    assert found.hint
    return found.exit_code


def test_a_database_that_nothing_speaks_against_may_be_reset() -> None:
    assert refusal_by_kind(TARGET, {}) is None
    assert code() is None
    assert code(TARGET, replace(SCENE, marks=(Mark("development", HERE),))) is None
    elsewhere = Other(STAGING, replace(HERE, system_identifier="8"), ("db.example", 5432, "shop"))
    assert code(TARGET, SCENE, elsewhere) is None


@pytest.mark.parametrize(
    ("target", "environ"),
    [
        (STAGING, {}),
        (Target("production", Kind.PRODUCTION, "PRODUCTION_DATABASE_URL"), {}),
        (replace(TARGET, kind=Kind.PRODUCTION), {}),
        (replace(TARGET, fleet=TENANTS), {}),
        (TARGET, {"GITHUB_ACTIONS": "true"}),
    ],
)
def test_the_kind_and_the_place_we_run_in_are_looked_at_first(
    target: Target, environ: dict[str, str]
) -> None:
    found = refusal_by_kind(target, environ)
    assert found is not None
    assert found.exit_code is ExitCode.USAGE


@pytest.mark.parametrize(
    "address",
    [
        ("db.example.com", 5432, "shop"),
        ("10.0.0.7", 5432, "shop"),
        ("192.168.1.2", 5432, "shop"),
        ("localhost.example.com", 5432, "shop"),
        ("db", 5432, "shop"),
        ("fe80::1", 5432, "shop"),
        ("0.0.0.0", 5432, "shop"),
        ("localhost", 5432, "postgres"),
        ("localhost", 5432, "template1"),
        ("localhost", 5432, "shop_production"),
        ("localhost", 5432, "shop-prod"),
        ("localhost", 5432, "Live"),
        ("localhost", 5432, "shopProd"),
        ("localhost", 5432, "proddb"),
        ("localhost", 5432, "LIVEDB"),
        ("localhost", 5432, "shopproduction"),
        ("staging.localhost", 5432, "shop"),
    ],
)
def test_a_place_that_is_not_plainly_for_development_is_refused(
    address: tuple[str, int, str],
) -> None:
    assert code(address=address) is ExitCode.USAGE


@pytest.mark.parametrize(
    "target",
    [
        replace(TARGET, name="production"),
        replace(TARGET, name="shop-live"),
        replace(TARGET, url_env="PROD_DATABASE_URL"),
        replace(TARGET, url_env="PRODUCTION_DATABASE_URL"),
        replace(TARGET, url_env="STAGING_DATABASE_URL"),
        replace(TARGET, direct_url_env="PROD_DIRECT_URL"),
    ],
)
def test_a_target_that_is_called_development_in_the_file_alone_is_refused(target: Target) -> None:
    assert code(target) is ExitCode.USAGE
    assert code(replace(target, identity=replace(WHOLE, database=""))) is ExitCode.USAGE
    assert code(replace(target, identity=WHOLE)) is None


def test_words_that_only_look_like_one_are_none() -> None:
    for name in (
        "product",
        "products_dev",
        "delivery",
        "alive",
        "upstaged",
        "reproduction",
        "DEV_DB",
    ):
        assert code(address=("localhost", 5432, name)) is None


def test_a_pin_that_names_the_host_lets_it_be_reset_there_and_nowhere_else() -> None:
    pinned = replace(TARGET, identity=Pin(host="dev-db.internal"))
    assert code(pinned, address=("dev-db.internal", 5432, "shop")) is None
    assert code(pinned, address=("db.internal", 5432, "shop")) is ExitCode.USAGE


@pytest.mark.parametrize(
    "scene",
    [
        replace(SCENE, template=True),
        replace(SCENE, facts=replace(FACTS, database="postgres")),
        replace(SCENE, marks=(Mark("production", HERE),)),
        replace(SCENE, marks=(Mark("staging", replace(HERE, system_identifier="9")),)),
        replace(SCENE, marks=(Mark("development", HERE), Mark("production", HERE))),
        replace(SCENE, kinds=("production",)),
        replace(SCENE, kinds=("development", "staging")),
        replace(SCENE, marks=(Mark("development", HERE),), kinds=("production",)),
        replace(SCENE, sessions=(Session(7, "app", "web"),)),
        replace(SCENE, prepared=("two-phase",)),
        replace(SCENE, slots=("debezium",)),
        replace(SCENE, standbys=1),
        replace(SCENE, subscriptions=("from_elsewhere",)),
    ],
)
def test_whatever_the_database_says_against_it_counts(scene: Scene) -> None:
    assert code(TARGET, scene) in (ExitCode.USAGE, ExitCode.HISTORY, ExitCode.POSTGRES)


def test_a_tunnel_to_a_server_that_is_rented_is_known_by_its_roles() -> None:
    rented = replace(SCENE, hosts=("Amazon RDS",))
    assert code(TARGET, rented) is ExitCode.USAGE
    assert code(TARGET, rented, address=("", 5432, "shop")) is ExitCode.USAGE
    assert code(replace(TARGET, identity=WHOLE), rented) is None
    pinned = replace(TARGET, identity=Pin(host="dev.rds.example"))
    assert code(pinned, rented, address=("dev.rds.example", 5432, "shop")) is None


@pytest.mark.parametrize(
    "other",
    [
        Other(STAGING, HERE, ADDRESS),
        Other(STAGING, replace(HERE, host="db.alias", database="renamed"), None),
        Other(STAGING, replace(HERE, schema="app"), ADDRESS),
        Other(replace(TARGET, name="mine"), HERE, ADDRESS),
        Other(STAGING, None, ADDRESS, "It wants another password."),
        Other(STAGING, None, ("127.0.0.1", 5432, "shop"), "It is away."),
        Other(STAGING, None, ("/var/run/postgresql", 5432, "shop"), "It is away."),
    ],
)
def test_another_targets_database_is_known_by_what_it_is_and_not_by_its_name(other: Other) -> None:
    assert code(TARGET, SCENE, other) is ExitCode.HISTORY


def test_a_part_of_a_database_that_another_development_target_has_is_left_alone() -> None:
    other = Other(replace(TARGET, name="mine"), replace(HERE, schema="app"), ADDRESS)
    assert code(TARGET, SCENE, other) is None


def test_far_away_what_cannot_be_told_apart_is_refused() -> None:
    pinned = replace(TARGET, identity=Pin(host="dev-db"))
    away = Other(STAGING, None, ("db.example", 5432, "shop"), "It is away.")
    assert code(pinned, SCENE, away, address=("dev-db", 5432, "shop")) is ExitCode.USAGE
    assert code(TARGET, SCENE, away) is None


def test_who_is_there_is_named_with_what_ends_them() -> None:
    sessions = tuple(Session(n, "app", "web", "10.0.0.1") for n in range(1, 8))
    found = refusal(TARGET, replace(SCENE, sessions=sessions), (), ADDRESS)
    assert found is not None
    assert "process 1 (web, user app from 10.0.0.1)" in found.message
    assert "and 2 more" in found.message
    assert "SELECT pg_terminate_backend(1);" in found.hint


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("", True),
        ("/tmp", True),
        ("@abstract", True),
        ("LOCALHOST.", True),
        ("app.localhost", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost.evil.example", False),
        ("127.0.0.1.example", False),
        ("host.docker.internal", False),
    ],
)
def test_this_machine_is_known_by_its_plain_names_alone(host: str, local: bool) -> None:
    assert is_local(host) is local
