"""What can be told from the text of a schema or a configuration without running either."""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

_PIECES = re.compile(
    r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|//[^\n]*|/\*.*?\*/|.", re.DOTALL
)
_PROVIDER = re.compile(r"\bdatasource\s+\w+\s*\{[^}]*?\bprovider\s*=\s*\"([^\"\n]*)\"")
_TEXT = r"""(?:"([^"\n]*)"|'([^'\n]*)'|`([^`$\n]*)`)"""
_SCHEMA = re.compile(rf"\bschema[\"']?\s*:\s*{_TEXT}\s*[,}}\n]")
_NAMED = re.compile(r"\bschema[\"']?\s*[:,}]")
_JOINED = re.compile(r"\bschema[\"']?\s*:\s*(?:\w+\.)?(?:join|resolve)\(([^()]*(?:\(\)[^()]*)?)\)")
_WORD = re.compile(_TEXT)
# Where a configuration itself is; its path is what follows.
_HERE = ("__dirname", "import.meta.dirname", "process.cwd()")
_WANTED = re.compile(r"\benv\s*(?:<[^>]*>)?\(\s*[\"'`]([A-Za-z_][A-Za-z0-9_]*)[\"'`]\s*\)")
_READ = re.compile(r"\bprocess\.env(?:\.|\[\s*[\"'])([A-Za-z_][A-Za-z0-9_]*)")
_ABOUT_DATABASES = re.compile(r"URL|URI|DATABASE|POSTGRES|DSN")


def without_comments(text: str) -> str:
    return _PIECES.sub(lambda each: "" if each[0][:2] in ("//", "/*") else each[0], text)


def provider_in(texts: Iterable[str]) -> str | None:
    """The provider of the datasource; None if none is written there."""
    for text in texts:
        if found := _PROVIDER.search(without_comments(text)):
            return found[1]
    return None


def schema_in(config: str) -> str | None:
    """The path of the schema in a configuration, where it can be read off; None elsewhere."""
    text = without_comments(config)
    if found := _SCHEMA.search(text):
        return _first(found)
    if not (joined := _JOINED.search(text)):
        return None
    parts = [each.strip() for each in joined[1].split(",") if each.strip()]
    if parts and parts[0] in _HERE:
        parts = parts[1:]
    words = [_WORD.fullmatch(each) for each in parts]
    if not words or not all(words):
        return None
    return str(PurePosixPath(*(_first(each) for each in words if each)))


def names_schema(config: str) -> bool:
    """Whether a configuration says where the schema is, in whatever way."""
    return bool(_NAMED.search(without_comments(config)))


def variables_in(schemas: Iterable[str], config: str) -> frozenset[str]:
    """The environment variables that either wants a connection string from."""
    return frozenset(_variables(schemas, config))


def _variables(schemas: Iterable[str], config: str) -> Iterator[str]:
    for text in (*schemas, config):
        yield from _WANTED.findall(without_comments(text))
    for name in _READ.findall(without_comments(config)):
        if _ABOUT_DATABASES.search(name.upper()):
            yield name


def _first(match: re.Match[str]) -> str:
    return next(each for each in match.groups() if each is not None)
