"""An entity diagram in words: for who cannot see it, and for who looks for a name."""

from collections.abc import Iterator

from bot.core.schemas.entities import Entities, EnumType
from bot.core.schemas.touched import Column, Reference, Table
from bot.report.escape import one_line
from bot.report.lock_words import named
from bot.report.words import count, listed

_MOST_NAMED = 12


def entity_diagram_as_text(schema: Entities) -> str:
    """Every table with its columns, every foreign key and every enum, a line each."""
    return "\n".join(_lines(schema))


def described(schema: Entities) -> str:
    """In a few sentences: how many there are, and what changed."""
    numbers = [count(len(schema.tables), "table"), count(len(schema.references), "foreign key")]
    numbers += [count(len(schema.enums), "enum")] if schema.enums else []
    said = [f"{listed(numbers)}."]
    for word in ("added", "removed"):
        names = [named(each.identity) for each in schema.named if each.change == word]
        if names:
            said.append(f"{word.capitalize()}: {listed(names, limit=_MOST_NAMED)}.")
    changed = [_changed(each) for each in schema.tables if each.touched and not each.change]
    changed += [named(e.identity) for e in schema.enums if e.touched and not e.change]
    if changed:
        said.append(f"Changed: {listed(changed, limit=_MOST_NAMED)}.")
    return " ".join(said)


def reference_words(reference: Reference) -> str:
    """orders.user_id refers to users, added."""
    columns = ", ".join(one_line(each) for each in reference.columns)
    said = f"{named(reference.table)} ({columns}) refers to {named(reference.to)}"
    said += ", or to none" if reference.optional else ""
    said += ", at most one row each" if reference.single else ""
    return f"{said}: {reference.change}" if reference.change else said


def column_words(column: Column) -> str:
    kind = one_line(column.type)
    marks = [
        word
        for word, has in (
            ("primary key", column.primary),
            ("foreign key", column.foreign),
            ("unique", column.unique),
            ("not null", column.required and not column.primary),
        )
        if has
    ]
    said = ", ".join([f"{one_line(column.name)} {kind}", *marks])
    if column.was:
        return f"{said} (changed, was {one_line(column.was)})"
    return f"{said} ({column.change})" if column.change else said


def _changed(table: Table) -> str:
    """orders (+ note, − total)."""
    signs = {"added": "+", "removed": "−", "changed": "~"}
    columns = [f"{signs[e.change]} {one_line(e.name)}" for e in table.columns if e.change]
    shown = ", ".join(columns[:6]) + (", …" if len(columns) > 6 else "")
    return f"{named(table.identity)} ({shown})" if columns else named(table.identity)


def _lines(schema: Entities) -> Iterator[str]:
    for table in schema.tables:
        yield f"table {named(table.identity)}{_mark(table.change)}"
        for column in table.columns:
            yield f"  {column_words(column)}"
    for reference in schema.references:
        yield f"foreign key {reference_words(reference)}"
    for enum in schema.enums:
        yield f"enum {named(enum.identity)}{_mark(enum.change)}: {_labels(enum)}"


def _labels(enum: EnumType) -> str:
    return ", ".join(f"{one_line(each.name)}{_mark(each.change)}" for each in enum.labels)


def _mark(change: str) -> str:
    return f" ({change})" if change else ""
