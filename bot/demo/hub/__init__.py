"""A stateful GitHub on this machine, for the demo and the tests."""

from bot.demo.hub.events import Event
from bot.demo.hub.hub import Hub
from bot.demo.hub.server import Call

__all__ = ["Call", "Event", "Hub"]
