"""The rules in a terminal: all in a list, or one explained."""

from collections.abc import Iterable, Iterator
from json import dumps

from bot.core.finding import Severity
from bot.core.options import options_in, plain
from bot.core.page import Page
from bot.core.rule import Rule, name_of, options_of, reason_of, title_of
from bot.core.sized import Sized, sized
from bot.report.terminal import Grid, Line, drawn, line, paragraphs


def rules_text(rules: Iterable[Rule], page: Page) -> str:
    """One row a rule, in the order in which findings are shown."""
    rows = tuple((name_of(rule), _severity(rule), title_of(rule)) for rule in rules)
    listed: list[Line | Grid] = [
        Grid(("rule", "severity", "what it finds"), rows),
        line(),
        line("`migration-bot rules RULE` explains one.", "dim"),
    ]
    return drawn(listed, width=page.width, colour=page.colour)


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
    for part in reason_of(rule).split("\n\n"):
        yield line()
        yield from paragraphs(part, indent=2)
    yield line()
    yield line("Safe way", "bold")
    yield from paragraphs(rule.FIX, indent=2)
    for title, example in (("Found", "BAD"), ("Quiet", "GOOD")):
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
