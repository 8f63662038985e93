"""Rules."""

from bot.core.rule import Rule

RULES: tuple[Rule, ...] = ()
