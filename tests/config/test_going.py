"""A key that will go away works, and is told of with what takes its place."""

from pathlib import Path

import pytest
from pydantic import Field

from bot.commands.session import Options
from bot.config.databases import WholeFile, read_databases
from bot.config.going import going, notices_of
from bot.config.parts import StrictModel
from bot.wiring.worlds import build_worlds
from docs.making.configuration import configuration_page


class Part(StrictModel):
    """A part."""

    old: int = Field(default=1, json_schema_extra=going("2.3", "write `new` instead"))
    new: int = 1


class File(StrictModel):
    """The file."""

    part: Part = Part()
    parts: dict[str, Part] = Field(default={})
    several: list[Part] = Field(default=[])


SAID = "is deprecated since 2.3: write `new` instead."


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ({}, []),
        ({"part": {"new": 2}}, []),
        ({"part": {"old": 2}}, ["part.old"]),
        (
            {"parts": {"a": {"old": 1}}, "several": [{}, {"old": 3}]},
            ["parts.a.old", "several.1.old"],
        ),
    ],
)
def test_each_that_the_file_has_is_told_once_by_its_place(
    text: dict[str, object], places: list[str]
) -> None:
    told = notices_of("bot.yml", File.model_validate(text))
    assert told == tuple(f"bot.yml: {place} {SAID}" for place in places)


def test_an_editor_is_told_too() -> None:
    schema = Part.model_json_schema()["properties"]["old"]
    assert schema["deprecated"] is True
    assert "write `new` instead" in schema["deprecationMessage"]


def test_the_page_of_the_configuration_says_so() -> None:
    row = next(line for line in configuration_page(Part).splitlines() if line.startswith("| `old`"))
    assert "**deprecated since 2.3: write `new` instead**" in row


def test_every_database_of_a_file_has_what_is_to_be_said_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    field = WholeFile.model_fields["postgres"]
    monkeypatch.setattr(field, "json_schema_extra", going("2.3", "leave it out"))
    (only,) = read_databases("postgres: 16", path="bot.yml")
    assert only.postgres == 16
    assert only.notices == ("bot.yml: postgres is deprecated since 2.3: leave it out.",)
    assert read_databases("prisma: '6.1'", path="bot.yml")[0].notices == ()


def test_whoever_runs_the_bot_reads_it_in_a_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    field = WholeFile.model_fields["postgres"]
    monkeypatch.setattr(field, "json_schema_extra", going("2.3", "leave it out"))
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "bot.yml"
    path.write_text("postgres: 16\n", "utf-8")

    build_worlds(Options(config=str(path)), {})

    said = capsys.readouterr()
    assert "postgres is deprecated since 2.3: leave it out." in said.err
    assert said.out == ""
