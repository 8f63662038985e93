"""Findings with what to write instead, from the rules that can say so."""

from collections.abc import Callable
from dataclasses import replace

from bot.core.findings.finding import Finding
from bot.core.findings.rewrite import Rewrite
from bot.core.findings.rule import Rule
from bot.core.migrations.statement import Statement
from bot.judge.context import Context

Ask = Callable[[Statement, Context], Rewrite | None]
# What taking a statement apart raises if its tree or text has a shape that nobody expected. It is
# then left as it is.
_UNEXPECTED = (
    AssertionError, AttributeError, IndexError, KeyError, StopIteration, TypeError, ValueError,
)  # fmt: skip


def with_rewrites(
    findings: list[Finding], rule: Rule, statement: Statement, context: Context
) -> list[Finding]:
    """The same findings; the rule is asked only if there are any.

    A statement inside code is a part of the one in the file, which must not be replaced for it.
    """
    ask: Ask | None = None if context.inside else getattr(rule, "rewrite", None)
    rewrite = _asked(ask, statement, context) if findings and ask else None
    if rewrite is None:
        return findings
    if len(context.file.steps) == 1:
        rewrite = rewrite.of_all
    return [replace(each, rewrite=rewrite) for each in findings]


def _asked(ask: Ask, statement: Statement, context: Context) -> Rewrite | None:
    try:
        return ask(statement, context)
    except _UNEXPECTED:
        return None
