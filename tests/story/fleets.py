"""Targets that are fleets: schemas of the two databases, more of them than one job takes."""

import os
import subprocess
import sys
from collections.abc import Sequence

from tests.harness.shipping import ROOT
from tests.story.stage import HISTORY, SHOP, TARGETS, Stage

TENANTS = ("tenant_a", "tenant_b", "tenant_c")
# Two slices: the last wave holds two tenants, and a job takes one.
_FLEET = (
    'fleet: {schemas: "tenant\\\\_%", shard_size: 1, '
    "waves: [{name: first, count: 1}, {name: rest, rest: true}]}"
)
_STAGING = "  staging: {{kind: staging, url_env: STAGING_DATABASE_URL{fleet}}}\n"
_PRODUCTION = (
    "  production: {{kind: production, url_env: PRODUCTION_DATABASE_URL, after: staging{fleet}}}\n"
)


def become_fleets(stage: Stage, *names: str) -> None:
    """These targets hold tenants with the history so far, and the configuration says so."""
    place = stage.folder / "setup"
    for path, text in {**HISTORY, "setup.yml": _configuration(names, setup=True)}.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(text, "utf-8")
    for name in names:
        for tenant in TENANTS:
            stage.query(name, f"CREATE SCHEMA {tenant}")
        environ = {f"{name.upper()}_DATABASE_URL": stage.urls[name], "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "bot", "--config", "setup.yml", "-q", "apply", name]
        known = {**os.environ, **environ}
        subprocess.run(command, cwd=place, env=known, check=True, capture_output=True)
    files = {".github/migration-bot.yml": _configuration(names, setup=False)}
    stage.hub.push(SHOP, "main", files, author="grace")


def _configuration(names: Sequence[str], *, setup: bool) -> str:
    """Where its history is put in place, nothing is protected yet."""
    fleet = {name: f", {_FLEET}" if name in names else "" for name in TARGETS}
    lines = [
        line.format(fleet=fleet[name])
        for name, line in zip(TARGETS, (_STAGING, _PRODUCTION), strict=True)
    ]
    text = "".join(["targets:\n", *lines])
    if not setup:
        return text
    for word in "kind: staging", "kind: production":
        text = text.replace(word, "kind: development")
    return text.replace(", after: staging", "")


def applied_to(stage: Stage, target: str) -> dict[str, list[str]]:
    """What each tenant remembers, the history it began with included."""
    return {
        tenant: [
            name
            for (name,) in stage.query(
                target,
                f"SELECT migration_name FROM {tenant}._prisma_migrations "
                "WHERE finished_at IS NOT NULL ORDER BY started_at",
            )
        ]
        for tenant in TENANTS
    }
