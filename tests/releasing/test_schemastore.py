"""Editors find the schema of the configuration by the name of the file."""

import json

import pytest

from bot.core.settings import CONFIG_PATH
from releasing.__main__ import main
from releasing.hatch_build import REPOSITORY
from releasing.schemastore import SCHEMA
from releasing.version import ROOT
from tests.releasing.conftest import HOME


def test_the_entry_names_our_file_and_a_schema_that_is_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(REPOSITORY, HOME)
    assert main(["schemastore"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert said["fileMatch"] == [CONFIG_PATH]
    assert said["url"] == f"{HOME}/raw/HEAD/{SCHEMA}"
    assert (ROOT / SCHEMA).is_file()


def test_without_a_home_there_is_no_entry(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(REPOSITORY, raising=False)
    assert main(["schemastore"]) == 1
    assert REPOSITORY in capsys.readouterr().err
