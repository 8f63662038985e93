"""The rules in a terminal: all in a list, or one explained."""

from collections.abc import Iterable, Iterator
from json import dumps

from bot.core.findings.finding import Severity
from bot.core.findings.page import Page
from bot.core.findings.rule import Rule, fixable, name_of, options_of, reason_of, title_of
from bot.core.options import options_in, plain
from bot.core.rehearsals.sized import Sized, sized
from bot.report.subjects import by_subject
from bot.report.terminal.lines import Line, drawn, line, paragraphs
from bot.report.words import count

_TITLES = len("  warning  ")
_STYLES = {"error": "red", "warning": "yellow", "notice": "cyan"}


def rules_text(rules: Iterable[Rule], page: Page) -> str:
    """By subject: severity, name and what it finds, so that one can look for any of them."""
    return drawn(_listed(tuple(rules)), width=page.width, colour=page.colour)


def _listed(rules: tuple[Rule, ...]) -> Iterator[Line]:
    for title, its in by_subject(rules):
        yield line(title, "bold")
        for rule in its:
            yield _row(rule)
            yield line(title_of(rule), "dim", indent=_TITLES)
        yield line()
    yield line(f"{_counts(rules)}.", "bold")
    yield line("fix: `migration-bot fix` can rewrite it. size: weighed by how big the table is.")
    yield line("`migration-bot rules RULE` explains one.")


def _row(rule: Rule) -> Line:
    severity, name = _severity(rule), name_of(rule)
    marks = " ".join(each for each in (_fix(rule), _size(rule)) if each)
    style = _STYLES.get(severity, "dim")
    pieces = [(f"{severity:<{_TITLES - 2}}", style), (name, "bold")]
    pieces += [(f"  {marks}", "dim")] if marks else []
    return Line(tuple(pieces), indent=2, wrapped=False)


def _fix(rule: Rule) -> str:
    return "fix" if fixable(rule) else ""


def _size(rule: Rule) -> str:
    return "size" if sized_sentence(rule) else ""


def _counts(rules: tuple[Rule, ...]) -> str:
    said = [_severity(rule) for rule in rules]
    on = [count(said.count(each), each) for each in _STYLES]
    return f"{count(len(rules), 'rule')}: {', '.join(on)}, {said.count('off')} off"


def rule_text(rule: Rule, page: Page) -> str:
    """Why it matters, the safe way, an example of each, and how to allow it."""
    return drawn(_rule(rule), width=page.width, colour=page.colour)


def sized_sentence(rule: Rule) -> str:
    """What the size of a table makes of the rule's findings; "" if nothing."""
    about = sized(rule)
    if about in (None, Sized.SHOWN) or rule.SEVERITY in (None, Severity.NOTICE):
        return ""
    said = "Where the sizes of tables are known, it is a notice for a small table"
    if about is Sized.WORK and rule.SEVERITY is Severity.WARNING:
        said += ", and an error for a large one if others wait meanwhile"
    return f"{said}."


def _severity(rule: Rule) -> str:
    return rule.SEVERITY.value if rule.SEVERITY else "off"


def _rule(rule: Rule) -> Iterator[Line]:
    yield Line(((name_of(rule), "bold"), (f"  {_severity(rule)}", "")), wrapped=False)
    yield from paragraphs(title_of(rule), indent=2)
    if said := sized_sentence(rule):
        yield line(said, "dim", indent=2)
    if fixable(rule):
        yield line("`migration-bot fix` can rewrite it.", "dim", indent=2)
    for part in reason_of(rule).split("\n\n"):
        yield line()
        yield from paragraphs(part, indent=2)
    yield line()
    yield line("Safe way", "bold")
    yield from paragraphs(rule.FIX, indent=2)
    for title, example in (("Found in", "BAD"), ("Not found in", "GOOD")):
        text = str(getattr(rule, example, ""))
        if text:
            yield line()
            yield line(title, "bold")
            yield from (
                Line(((each, ""),), indent=2, wrapped=False) for each in text.strip().splitlines()
            )
    yield line()
    yield from _options(rule)
    yield line("To allow it, give the reason above the statement", "bold")
    yield Line(
        ((f"-- migration-bot: allow {name_of(rule)} because REASON", ""),), indent=2, wrapped=False
    )


def _options(rule: Rule) -> Iterator[Line]:
    """What the configuration may set for it, with the defaults."""
    values = options_of(rule)
    if values is None:
        return
    yield line("Options in the configuration", "bold")
    for each in options_in(values):
        default = dumps(plain(each.default), ensure_ascii=False)
        yield Line(((f"{each.name}: {default}", ""),), indent=2, wrapped=False)
        yield from paragraphs(each.about, indent=4)
    yield line()
