"""Which extensions statements ask for, and in which schema."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.migrations.statement import Statement


@dataclass(frozen=True)
class WantedExtension:
    """A CREATE EXTENSION. `schema` is "" where none is named.

    With `cascade` those that it needs are created along, and only the server knows which.
    """

    name: str
    schema: str = ""
    version: str = ""
    if_not_exists: bool = False
    cascade: bool = False


def extension_of(statement: Statement) -> WantedExtension | None:
    """What a statement creates, if it creates an extension."""
    if statement.node != "CreateExtensionStmt":
        return None
    tree = statement.tree
    options = {
        each["DefElem"]["defname"]: each["DefElem"].get("arg", {})
        for each in tree.get("options", ())
    }
    return WantedExtension(
        name=str(tree.get("extname", "")),
        schema=_text(options.get("schema", {})),
        version=_text(options.get("new_version", {})),
        if_not_exists=bool(tree.get("if_not_exists")),
        # Without an argument it means yes.
        cascade="cascade" in options and _true(options["cascade"]),
    )


def extensions_in(statements: Iterable[Statement]) -> tuple[str, ...]:
    """The names of all that are created, in the order in which they are first met."""
    found = (extension_of(each) for each in statements)
    return tuple(dict.fromkeys(each.name for each in found if each is not None and each.name))


def _text(argument: Mapping[str, Any]) -> str:
    return str(argument.get("String", {}).get("sval", ""))


def _true(argument: Mapping[str, Any]) -> bool:
    return bool(argument.get("Boolean", {}).get("boolval", not argument))
