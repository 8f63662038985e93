"""The part of GitHub's GraphQL interface that knows more than REST: resolved conversations."""

from bot.demo.hub.graphql.answering import PATHS, respond
from bot.demo.hub.graphql.nodes import Caller

__all__ = ["PATHS", "Caller", "respond"]
