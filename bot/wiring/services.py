"""What is outside but no database: GitHub, its runner, notifications, signatures, Prisma, and
whoever observes."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.adapters.actions import Runner as ActionsRunner
from bot.adapters.checkout import Checkout
from bot.core.rollouts.audit import Sealed
from bot.core.settings import Settings
from bot.errors import UsageError
from bot.wiring.secrets import keep_variables_secret
from bot.world import GitHub, Notifier, Prisma, ProjectPrisma, Runner, Telemetry
from bot.world.telemetry import NoTelemetry

# How many seconds all calls to GitHub together may wait for it, for limits and when it is down.
PATIENCE_VARIABLE = "MIGRATION_BOT_GITHUB_WAIT"


def prisma(environ: Mapping[str, str], root: Path | None) -> Prisma | None:
    from bot.adapters.prisma.cli import find_prisma

    return find_prisma(environ, root)


def project(environ: Mapping[str, str], checkout: Checkout, start: Path) -> ProjectPrisma:
    from bot.adapters.prisma.project import ProjectPrisma as OwnPrisma

    root = checkout.root
    return OwnPrisma((root or start) / checkout.folder, root, start, environ)


def github(
    environ: Mapping[str, str], clean: Callable[[str], str], say: Callable[[str], None]
) -> GitHub | None:
    token, name = environ.get("GITHUB_TOKEN"), environ.get("GITHUB_REPOSITORY")
    if not token or not name:
        return None
    from bot.adapters.github.client import PUBLIC_API
    from bot.adapters.github.repository import open_repository

    return open_repository(
        name,
        token,
        api_url=environ.get("GITHUB_API_URL") or PUBLIC_API,
        clean=clean,
        login=environ.get("MIGRATION_BOT_LOGIN"),
        say=say,
        budget=_seconds(environ, PATIENCE_VARIABLE),
    )


def _seconds(environ: Mapping[str, str], name: str) -> float | None:
    text = environ.get(name, "")
    if not text:
        return None
    if text.isdigit():
        return float(text)
    raise UsageError(f"{name} is {text!r}, and no number of seconds.", hint="Such as 120.")


@dataclass(frozen=True)
class Sealer:
    """Loads what signs when a rollout is over."""

    environ: Mapping[str, str]
    clean: Callable[[str], str]

    def seal(self, record: Mapping[str, Any]) -> Sealed:
        from bot.adapters.signing import Sealer as Signer

        return Signer(self.environ, self.clean).seal(record)

    def verify(self, sealed: Sealed, public: str) -> str:
        from bot.adapters.signing import problem_with

        return problem_with(sealed, public)


def notifier(
    settings: Settings, environ: Mapping[str, str], clean: Callable[[str], str]
) -> Notifier | None:
    if not settings.notify:
        return None
    from bot.adapters.notify.notifier import Notifier as HttpNotifier

    return HttpNotifier(environ, clean, lambda: datetime.now(UTC))


def telemetry(
    environ: Mapping[str, str], say: Callable[[str], None], clean: Callable[[str], str]
) -> Telemetry:
    """Loads nothing where no variable of OpenTelemetry names a collector."""
    if not any(name.startswith("OTEL_EXPORTER_") for name in environ):
        return NoTelemetry()
    from bot.adapters.telemetry.asked import SECRET, Asked
    from bot.adapters.telemetry.observing import Observing

    keep_variables_secret(SECRET)
    asked = Asked.of(environ)
    return Observing(asked, environ, say=say, clean=clean) if asked.anything else NoTelemetry()


def runner(environ: Mapping[str, str], clean: Callable[[str], str]) -> Runner | None:
    if environ.get("GITHUB_ACTIONS") != "true":
        return None
    return ActionsRunner(environ, sys.stdout, datetime.now(UTC), clean)
