"""The whole configuration file: that of one database, or of several in one repository."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field

from bot.config.file import ConfigFile, checked, load, mistakes_in, settings_of
from bot.config.going import notices_of
from bot.core.findings.rule import Rule
from bot.core.settings import Settings

# It becomes a heading, a part of a command line and of a file's name.
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
_OWN = ("migrations", "targets", "baseline")


class WholeFile(ConfigFile):
    """The configuration of migration-bot. Every key has a default that works."""

    databases: dict[Name, ConfigFile] = Field(
        default={},
        description="Several databases in one repository, by name. Each has the keys of this page; "
        "what it leaves out it takes from the top of the file. `migrations` and `targets` are then "
        "given for each, and no two have a target of the same name.",
    )
    comment_per_database: bool = Field(
        default=False,
        description="Whether a pull request gets a comment for each database, and not one for all.",
    )


def read_databases(text: str, *, path: str, rules: Collection[Rule] = ()) -> tuple[Settings, ...]:
    """The settings of each database, in the file's order; one without a name where the file has no
    `databases`. Raises UsageError that lists every mistake."""
    loaded = load(text, path)
    whole = checked(loaded, WholeFile, path)
    notices = notices_of(path, whole)
    if "databases" not in loaded:
        settings, mistakes = settings_of(whole, rules)
        if settings is None:
            raise mistakes_in(path, mistakes)
        return (replace(settings, notices=notices),)
    found, mistakes = [], [*_misplaced(loaded), *_none(whole)]
    for name in whole.databases:
        settings, wrong = settings_of(_merged(loaded, name, path), rules)
        mistakes += [f"databases.{name}: {each}" for each in wrong]
        if settings is not None:
            apart = whole.comment_per_database
            found.append(replace(settings, database=name, own_comment=apart, notices=notices))
    mistakes += _shared(found)
    if mistakes:
        raise mistakes_in(path, mistakes)
    return tuple(found)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the file, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | (
        WholeFile.model_json_schema()
    )


def _merged(loaded: Mapping[str, Any], name: str, path: str) -> ConfigFile:
    """One database's keys, and the file's for those that it leaves out."""
    apart = ("databases", "comment_per_database", *_OWN)
    common = {key: value for key, value in loaded.items() if key not in apart}
    return checked({**common, **(loaded["databases"][name] or {})}, ConfigFile, path)


def _misplaced(loaded: Mapping[str, Any]) -> Iterator[str]:
    for key in _OWN:
        if key in loaded:
            yield f"{key}: belongs to each of the databases, as databases.<name>.{key}"


def _none(whole: WholeFile) -> Iterator[str]:
    if not whole.databases:
        yield "databases: names none; leave the key out where there is one database"


def _shared(found: Sequence[Settings]) -> Iterator[str]:
    """What two databases may not have in common."""
    folders: dict[str, str] = {}
    targets: dict[str, str] = {}
    for each in found:
        other = folders.setdefault(each.folder, each.database)
        if other != each.database:
            yield f"databases.{each.database}.migrations: {each.folder} is that of {other} too"
        for target in each.targets:
            other = targets.setdefault(target, each.database)
            if other != each.database:
                yield (
                    f"databases.{each.database}.targets: {target} is a target of {other} too; "
                    f"name it apart, such as {each.database}-{target}"
                )
