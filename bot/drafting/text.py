"""Names and values as SQL wants them, and PostgreSQL's lists read apart."""

import re

from bot.core.quoting import quoted

_NAME = re.compile(r'"((?:[^"]|"")*)"|([^.]+)')
_STRING = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$(\w*)\$.*?\$\1\$", re.DOTALL)


def literal(text: str) -> str:
    """A value, the same with and without standard_conforming_strings."""
    doubled = text.replace("'", "''")
    if "\\" in doubled:
        return " E'" + doubled.replace("\\", "\\\\") + "'"
    return f"'{doubled}'"


def parts_of(identity: str) -> tuple[str, ...]:
    """The names that a snapshot's identity consists of."""
    found = _NAME.findall(identity)
    return tuple(inner.replace('""', '"') if inner else plain for inner, plain in found)


def path(*names: str) -> str:
    return ".".join(quoted(each) for each in names)


def listed(text: str, separator: str = ",") -> list[str]:
    """What stands between separators that are in no quotes and in no brackets."""
    found, depth, start, at = [], 0, 0, 0
    while at < len(text):
        if match := _STRING.match(text, at):
            at = match.end()
            continue
        depth += (text[at] in "([") - (text[at] in ")]")
        if depth == 0 and text.startswith(separator, at):
            found.append(text[start:at].strip())
            start = at = at + len(separator)
            continue
        at += 1
    found.append(text[start:].strip())
    return [each for each in found if each]


def array(text: str) -> list[str]:
    """The items of an array of texts as PostgreSQL prints it."""
    items = re.findall(r'"((?:[^"\\]|\\.)*)"|([^,{}]+)', text)
    return [re.sub(r"\\(.)", r"\1", inner) if inner else plain for inner, plain in items]


def options(text: str) -> dict[str, str]:
    """Of a list such as `{fillfactor=70}`, the values by their names."""
    return {name: value for name, _, value in (each.partition("=") for each in array(text))}


def written(given: dict[str, str]) -> str:
    """As they stand in brackets behind SET and WITH. A name may have a dot, as toast.x has."""
    return ", ".join(
        f"{path(*name.split('.'))} = {literal(value)}" for name, value in given.items()
    )


def first_name(text: str) -> tuple[str, str]:
    """The name that a text begins with, as it is written there, and the rest."""
    match = re.match(r'"(?:[^"]|"")*"|[^\s,(]+', text)
    name = match.group() if match else ""
    return name, text[len(name) :].strip()
