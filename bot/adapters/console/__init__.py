"""The terminal, or a log where nobody watches: results on one stream, progress on the other."""

from bot.adapters.console.console import Console, open_console

__all__ = ["Console", "open_console"]
