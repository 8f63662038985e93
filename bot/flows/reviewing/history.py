"""The history that rollouts start from, whole or not at all."""

from collections.abc import Iterator

from bot.core.migrations.history import History
from bot.core.migrations.migration import DOWN_SCRIPT, PROVIDER, SCRIPT
from bot.errors import UsageError
from bot.world import World


def history_of(world: World, *, optional: bool = False) -> History:
    """The history to roll out. Raises UsageError if a part of it would be passed over; an
    `optional` one is empty where there is no such folder."""
    history = world.checkout.history(optional=optional)
    obstacles = list(_obstacles(history))
    if obstacles:
        raise UsageError(
            f"The history cannot be rolled out: {'; '.join(obstacles)}.",
            hint="`migration-bot check --all` shows each with what mends it.",
        )
    return history


def _obstacles(history: History) -> Iterator[str]:
    """What stops Prisma as well (P3019, P3015), before anything is applied and not half-way."""
    if history.provider not in (None, PROVIDER):
        named = history.provider or "no provider"
        yield f"{history.lock_path} names {named}, and only {PROVIDER} is known here (P3019)"
    for path, reason in (history.unreadable or {}).items():
        if not path.endswith(f"/{DOWN_SCRIPT}"):
            yield f"{path} cannot be read: {reason}"
    for name in history.incomplete:
        yield f"{name} has no {SCRIPT} (P3015)"
