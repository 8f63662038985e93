"""Targets that are fleets: schemas of the two databases, more of them than one job takes."""

import os
import subprocess
import sys

from tests.harness.shipping import ROOT
from tests.story.stage import HISTORY, SHOP, TARGETS, Stage

TENANTS = ("tenant_a", "tenant_b", "tenant_c")
# Two slices: the last wave holds two tenants, and a job takes one.
_FLEET = (
    'fleet: {schemas: "tenant\\\\_%", shard_size: 1, '
    "waves: [{name: first, count: 1}, {name: rest, rest: true}]}"
)
# Where its history is put in place, nothing is protected yet.
_SETUP = "targets:\n" + "".join(
    f"  {name}: {{kind: development, url_env: {name.upper()}_DATABASE_URL, {_FLEET}}}\n"
    for name in TARGETS
)
_CONFIGURATION = f"""\
targets:
  staging: {{kind: staging, url_env: STAGING_DATABASE_URL, {_FLEET}}}
  production:
    kind: production
    url_env: PRODUCTION_DATABASE_URL
    after: staging
    {_FLEET}
"""


def become_fleets(stage: Stage) -> None:
    """Both targets hold tenants with the history so far, and the configuration says so."""
    place = stage.folder / "setup"
    for path, text in {**HISTORY, "setup.yml": _SETUP}.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(text, "utf-8")
    for name in TARGETS:
        for tenant in TENANTS:
            stage.query(name, f"CREATE SCHEMA {tenant}")
        environ = {f"{name.upper()}_DATABASE_URL": stage.urls[name], "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "bot", "--config", "setup.yml", "-q", "apply", name]
        subprocess.run(command, cwd=place, env={**os.environ, **environ}, check=True, capture_output=True)
    files = {".github/migration-bot.yml": _CONFIGURATION}
    stage.hub.push(SHOP, "main", files, author="grace")


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
