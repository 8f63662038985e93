"""How big a relation is, as a person would say it."""

from bot.core.findings.finding import Finding, Severity
from bot.core.rehearsals.sizes import RelationSize, RowSource, SizesNote
from bot.report.words import count, time

_ARTICLES = {
    Severity.NOTICE: "a notice",
    Severity.WARNING: "a warning",
    Severity.ERROR: "an error",
}


def size_words(size: RelationSize) -> str:
    """1.2 M rows, 840 MB, about 40 writes a second."""
    noted = "" if size.measured else " when last counted"
    said = [rows_words(size), f"{bytes_words(size.bytes)}{noted}", writes_words(size.writes)]
    return ", ".join(each for each in said if each)


def size_sentence(finding: Finding) -> str:
    """What a finding's table holds, and what that made of the finding; "" without a size."""
    if finding.size is None:
        return ""
    name = finding.size.relation.removeprefix("public.")
    said = f"{name} has {size_words(finding.size)}."
    if finding.usual is None:
        return said
    much = "small" if finding.severity is Severity.NOTICE else "large"
    now, usual = _ARTICLES[finding.severity], _ARTICLES[finding.usual]
    return f"{said} It is {much}, so this is {now}; usually it is {usual}."


def sizes_sentence(note: SizesNote | None) -> str:
    """Whose sizes a review went by; "" if it went by none."""
    if note is None:
        return ""
    said = f"Sizes are those of {note.target}, {time(note.taken_at)}."
    if not note.stale:
        return said
    return (
        f"{said} That is more than a month ago: they make nothing lighter. Take them anew: "
        f"migration-bot stats {note.target}"
    )


def rows_words(size: RelationSize) -> str:
    if size.rows is None:
        return "an unknown number of rows (never analysed)"
    if size.rows == 0:
        return "no rows"
    about = "about " if size.rows_from is RowSource.COUNTERS else ""
    return f"{about}{_number(size.rows)} {'row' if size.rows == 1 else 'rows'}"


def bytes_words(number: int) -> str:
    """In decimal units, without a decimal that says nothing."""
    value = float(number)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 999.5:
            return f"{_short(value)} {unit}"
        value /= 1000
    return f"{_short(value)} TB"


def writes_words(writes: float | None) -> str:
    """Nothing for none: that nobody wrote for two seconds is no fact about a table."""
    if not writes:
        return ""
    if writes >= 0.95:
        return f"about {count(round(writes), 'write')} a second"
    return f"about {count(max(1, round(writes * 60)), 'write')} a minute"


def _number(number: int) -> str:
    if number < 10_000:
        return f"{number:,}"
    if number < 999_500:
        return f"{_short(number / 1000)} k"
    return f"{_short(number / 1_000_000)} M"


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0") if value < 99.95 else f"{value:,.0f}"
