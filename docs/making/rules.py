"""A page for each rule, from its module: its docstring, its fix, its examples."""

from collections.abc import Iterable, Iterator
from json import dumps
from typing import Any

from bot.core.findings.rule import (
    ChangeRule,
    Rule,
    fixable,
    name_of,
    needs_options,
    options_of,
    reason_of,
    title_of,
)
from bot.core.migrations.layout import Layout
from bot.core.options import options_in, plain
from bot.judge.context import HistoryRule, MigrationRule, StatementRule
from bot.report.subjects import by_subject
from bot.report.terminal.rules import sized_sentence

_CONSEQUENCE = {
    "error": "blocks the pull request",
    "warning": "is shown, and blocks nothing",
    "notice": "is mentioned, and blocks nothing",
    "off": "is not looked for until a configuration gives it a severity",
}
_SIGNS = {"error": "🔴", "warning": "🟡", "notice": "⚪", "off": "➖"}
_FIXING = "../how-to/let-the-bot-rewrite-it.md"
_SIZES = "../how-to/tell-how-big-production-is.md"
_MADE = "<!-- Made by `make docs` from {source}; change it there. -->"

_ABOVE = """\
Give the reason directly above the statement:

```sql
-- migration-bot: allow {name} because REASON
```

Before the first statement of the file, `allow-file` in the place of `allow` allows it for the whole
file."""

_IN_FILE = """\
Give the reason before the first statement of the migration that the finding is shown at:

```sql
-- migration-bot: allow-file {name} because REASON
```"""

_ELSEWHERE = """\
It is about a file beside the migrations, where no comment is looked for: mend it, or leave a table
out with `exclude` in the configuration."""

_NEVER = "It cannot be allowed: there is nothing here that anybody could have decided."

_SILENCED = """\
Or choose another severity for the whole repository, in
[the configuration](../reference/configuration.md):

```yaml
rules:
  {name}: {severity}
```"""

_NOT_SILENCED = "The configuration cannot switch it off: a file that was not read was not judged."


def rule_page(rule: Rule) -> str:
    return "\n\n".join(_parts(rule)) + "\n"


def index_page(rules: Iterable[Rule]) -> str:
    rules = tuple(rules)
    groups = "\n\n".join(_group(title, its) for title, its in by_subject(rules))
    return (
        f"{_MADE.format(source='bot/rules')}\n"
        "# Rules\n\n"
        f"What migration-bot looks for in a new migration: {len(rules)} rules, by what they are "
        "about, the gravest first.\n\n"
        "- 🔴 error: blocks the pull request.\n"
        "- 🟡 warning and ⚪ notice: are shown, and block nothing.\n"
        "- ➖ off: is not looked for until [the configuration](../reference/configuration.md) "
        "gives it a severity.\n"
        "- **fix**: [`migration-bot fix`](../how-to/let-the-bot-rewrite-it.md) can rewrite it.\n"
        "- **size**: weighed by [how big the table is](../how-to/tell-how-big-production-is.md).\n"
        "\n"
        "`migration-bot rules` prints this list, `migration-bot rules column-dropped` one page "
        "of it.\n\n"
        f"{groups}\n\n"
        "How to let a finding stand: [allow a finding](../how-to/allow-a-finding.md). "
        "How to write one: [add a rule](../how-to/add-a-rule.md).\n"
    )


def _group(title: str, rules: Iterable[Rule]) -> str:
    rows = "\n".join(_row(rule) for rule in rules)
    return f"## {title}\n\n| Rule | | What it finds | |\n|:--|:--|:--|:--|\n{rows}"


def severity_of(rule: Rule) -> str:
    return rule.SEVERITY.value if rule.SEVERITY else "off"


def _row(rule: Rule) -> str:
    name, severity = name_of(rule), severity_of(rule)
    marks = [mark for mark, has in (("fix", fixable(rule)), ("size", sized_sentence(rule))) if has]
    return (
        f"| [{name}]({name}.md) | {_SIGNS[severity]} {severity} | {_cell(title_of(rule))} "
        f"| {', '.join(marks)} |"
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _parts(rule: Rule) -> Iterator[str]:
    source = f"{rule.__name__.replace('.', '/')}.py"
    yield f"{_MADE.format(source=source)}\n# {name_of(rule)}"
    severity = severity_of(rule)
    yield f"{title_of(rule)}\n\nSeverity: **{severity}**. It {_CONSEQUENCE[severity]}."
    if said := sized_sentence(rule):
        yield said.replace("the sizes of tables", f"[the sizes of tables]({_SIZES})")
    if fixable(rule):
        yield f"[`migration-bot fix`]({_FIXING}) can rewrite it."
    yield f"## Why\n\n{reason_of(rule)}"
    yield f"## Safe way\n\n{rule.FIX}"
    yield from _options(rule)
    yield from _examples(rule)
    yield "## How to allow it"
    yield from _allowing(rule)


def _options(rule: Rule) -> Iterator[str]:
    defaults = options_of(rule)
    if defaults is None:
        return
    rows = "\n".join(
        f"| `{each.name}` | `{dumps(plain(each.default), ensure_ascii=False)}` | {each.about} |"
        for each in options_in(defaults)
    )
    yield f"## Options\n\n| Option | Default | |\n|:--|:--|:--|\n{rows}"


def _configured(rule: Rule) -> str:
    """The configuration that the examples are for."""
    lines = "\n".join(
        f"      {name}: {dumps(plain(value), ensure_ascii=False)}" for name, value in _set(rule)
    )
    return (
        f"```yaml\nrules:\n  {name_of(rule)}:\n    severity: {_some(rule)}\n    options:\n"
        f"{lines}\n```"
    )


def _set(rule: Rule) -> Iterator[tuple[str, Any]]:
    """The options of the examples that are not the defaults."""
    for each, default in zip(
        options_in(getattr(rule, "EXAMPLE", options_of(rule))),
        options_in(options_of(rule)),
        strict=True,
    ):
        if each.default != default.default:
            yield each.name, each.default


def _examples(rule: Rule) -> Iterator[str]:
    titles = {"BEFORE": "On top of this:", "BAD": "Found in:", "GOOD": "Not found in:"}
    examples = [(title, getattr(rule, name, "")) for name, title in titles.items()]
    blocks = [f"{title}\n\n{_sql(text)}" for title, text in examples if text]
    if not blocks:
        return
    yield "## Example"
    if hasattr(rule, "EXAMPLE"):
        yield f"With this configuration:\n\n{_configured(rule)}"
    yield from blocks
    quiet = getattr(rule, "QUIET", [])
    if quiet and isinstance(quiet[0], Layout):
        yield "It is quiet here too:"
        yield from map(_sql, quiet)
    elif quiet:
        yield "It is quiet here too, each a migration of its own:"
        between = "\n\n" if any("\n" in text for text in quiet) else "\n"
        yield _sql(between.join(text or "-- (an empty file)" for text in quiet))


def _sql(text: str | Layout) -> str:
    if isinstance(text, Layout):
        return f"```diff\n{text}\n```"
    return f"```sql\n{text.strip()}\n```"


# What no server could read, or would take.
_UNREADABLE = {"syntax-error"}


def _allowing(rule: Rule) -> Iterator[str]:
    name = name_of(rule)
    if isinstance(rule, StatementRule) and name not in _UNREADABLE:
        yield _ABOVE.format(name=name)
    elif isinstance(rule, (MigrationRule, ChangeRule)):
        yield _IN_FILE.format(name=name)
    elif isinstance(rule, HistoryRule):
        yield _ELSEWHERE
    else:
        yield _NEVER
        yield _NOT_SILENCED if name != "suppression-problem" else _silenced(rule)
        return
    yield _silenced(rule)


def _silenced(rule: Rule) -> str:
    return _SILENCED.format(name=name_of(rule), severity=_entry(rule))


def _entry(rule: Rule) -> str:
    """Another severity; with options, where the rule is nothing without them."""
    if not needs_options(rule):
        return _some(rule)
    options = ", ".join(
        f"{name}: {dumps(plain(value), ensure_ascii=False)}" for name, value in _set(rule)
    )
    return f"{{severity: {_some(rule)}, options: {{{options}}}}}"


def _some(rule: Rule) -> str:
    return "notice" if severity_of(rule) == "warning" else "warning"
