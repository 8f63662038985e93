"""Telling chat rooms and webhooks of a rollout, or of drift; whatever becomes of that changes
nothing."""

from collections.abc import Collection

from bot.core.drift.look import Look
from bot.core.github.issue import Deed
from bot.core.github.notification import (
    Notification,
    notification_of_drift,
    notifications_of,
)
from bot.core.github.run import Run
from bot.core.rollouts.progress import Progress
from bot.errors import BotError
from bot.report.notification import payload_of
from bot.world import World


def notify(
    progress: Progress,
    world: World,
    *,
    pending: Collection[str] = (),
    pulls: tuple[int, ...] = (),
    run: Run | None = None,
    backwards: bool = False,
) -> None:
    """`pending` are the migrations that the rollout is about, `backwards` says that it takes them
    back."""
    if world.notifier is None or not world.settings.notify:
        return
    told = notifications_of(
        progress, pending=pending, at=world.now(), pulls=pulls, run=run, backwards=backwards
    )
    for notification in told:
        _send(notification, world)


def notify_drift(look: Look, deed: Deed, world: World) -> None:
    """`deed` is what became of the issue on it: without one nobody knows what was told before."""
    run = world.runner.run(world.checkout.head()) if world.runner else None
    told = notification_of_drift(look, deed, run=run)
    if told is not None:
        _send(told, world)


def _send(notification: Notification, world: World) -> None:
    for sink in world.settings.notify:
        if world.notifier is None or not sink.wants(notification):
            continue
        try:
            world.notifier.send(sink, payload_of(notification, sink.channel))
        except BotError as error:
            world.console.say(f"not notified: {error.message} {error.hint}")
