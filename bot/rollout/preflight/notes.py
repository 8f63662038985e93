"""What a rollout has to say and does not stop for."""

from collections.abc import Callable

from bot.core.rollouts.outcome import Journal
from bot.world import World

Tell = Callable[[str], None]


def notes_to(journal: Journal, world: World) -> Tell:
    """Says a note at once, and keeps it for the outcome; each but once."""

    def note(text: str) -> None:
        if text in journal.notes:
            return
        world.console.say(text)
        journal.notes.append(text)

    return note
