"""One server for each worker, and for each story a fresh GitHub and two fresh databases."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from bot.adapters.postgres.server import Server, start_server
from bot.demo.hub import Hub
from tests.harness.shipping import ROOT, ship
from tests.hub import ticking
from tests.openapi.validator import OpenApiValidator
from tests.story.stage import HISTORY, SHOP, TARGETS, Stage

# Characters that a URL, a shell and SQL all write in their own ways.
PASSWORDS = {name: f"canary/{name}:+p@ss'w%rd" for name in TARGETS}
ROLES = {"ada": "write", "grace": "maintain", "alan": "write", "linus": "read"}
SETUP = "".join(
    ["targets:\n"]
    + [f"  {name}: {{kind: development, url_env: {name.upper()}_URL}}\n" for name in TARGETS]
)


@pytest.fixture(scope="session")
def story_server() -> Iterator[Server]:
    with start_server(tcp=True) as server:
        yield server


@pytest.fixture(scope="session")
def templates(story_server: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """For each target a database that already holds the history, owned by a role of its own."""
    folder = tmp_path_factory.mktemp("history")
    write(folder, {**HISTORY, "setup.yml": SETUP})
    found = {}
    for name in TARGETS:
        execute(story_server, f"CREATE ROLE {name} LOGIN PASSWORD {literal(PASSWORDS[name])}")
        execute(story_server, f"CREATE DATABASE template_{name} OWNER {name} TEMPLATE template0")
        url = story_server.url(f"template_{name}", user=name, password=PASSWORDS[name])
        environ = {**os.environ, f"{name.upper()}_URL": url, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "bot", "--config", "setup.yml", "-q", "apply", name]
        subprocess.run(command, cwd=folder, env=environ, check=True, capture_output=True)
        found[name] = f"template_{name}"
    return found


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository of the stories as it is in the beginning."""
    folder = tmp_path_factory.mktemp("shipped")
    ship(folder)
    write(folder, HISTORY)
    return folder


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What GitHub's cache holds: rehearsals start from it, as they do on the second push."""
    return tmp_path_factory.mktemp("github") / "cache"


@pytest.fixture
def urls(story_server: Server, templates: dict[str, str]) -> dict[str, str]:
    """The targets' connection strings, to databases that nobody has touched."""
    for name in TARGETS:
        execute(story_server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        execute(story_server, f"CREATE DATABASE {name} OWNER {name} TEMPLATE {templates[name]}")
    return {name: story_server.url(name, user=name, password=PASSWORDS[name]) for name in TARGETS}


@pytest.fixture
def secrets() -> set[str]:
    return {form for each in PASSWORDS.values() for form in (each, quote(each, safe=""))}


@pytest.fixture
def stage(
    tmp_path: Path,
    kept: Path,
    validator: OpenApiValidator,
    urls: dict[str, str],
    secrets: set[str],
    shipped: Path,
) -> Iterator[Stage]:
    """After every story, nothing secret may be readable anywhere."""
    with Hub(tmp_path / "hub", clock=ticking(), on_call=validator.check) as hub:
        hub.create_repository(SHOP, directory=shipped, roles=ROLES)
        stage = Stage(hub, tmp_path, urls, secrets, kept)
        yield stage
        assert leaks(stage) == []


def leaks(stage: Stage) -> list[str]:
    """Where a secret can be read, without saying which."""
    return [
        where
        for where, text in stage.seen().items()
        if any(secret in text for secret in stage.secrets)
    ]


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def execute(server: Server, sql: str) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(sql.encode())


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
