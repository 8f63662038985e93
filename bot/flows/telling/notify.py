"""Telling chat rooms and webhooks of a rollout; whatever becomes of that, the rollout goes on."""

from collections.abc import Collection

from bot.core.github.notification import notifications_of
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
        for sink in world.settings.notify:
            if not sink.wants(notification):
                continue
            try:
                world.notifier.send(sink, payload_of(notification, sink.channel))
            except BotError as error:
                world.console.say(f"not notified: {error.message} {error.hint}")
