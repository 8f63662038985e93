import json
from pathlib import Path

import pytest

from bot.adapters.prisma.cli import MOST_SCHEMA_BYTES, VARIABLE, PrismaCli, find_prisma
from bot.errors import UsageError
from tests.shell import write

SCHEMAS = {"a.prisma": "model A {}", "b.prisma": "\ufeffmodel B {}"}
SECRETS = {"DATABASE_URL": "postgresql://x", "GITHUB_TOKEN": "t", "NODE_OPTIONS": "--require=x"}


def program(folder: Path, script: str, version: str = "7.10.1") -> PrismaCli:
    """A stand-in in a package of Prisma's name."""
    package = folder / "node_modules" / "prisma"
    write(
        folder,
        {
            "node_modules/prisma/package.json": json.dumps({"name": "prisma", "version": version}),
            "node_modules/prisma/build/index.js": f"#!/bin/sh\n{script}\n",
        },
    )
    (package / "build" / "index.js").chmod(0o755)
    link = folder / "node_modules" / ".bin" / "prisma"
    link.parent.mkdir(exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(package / "build" / "index.js")
    return PrismaCli(link, SECRETS)


def refusal(cli: PrismaCli) -> str:
    with pytest.raises(UsageError) as caught:
        cli.sql_of(SCHEMAS)
    assert caught.value.hint
    return caught.value.message


def test_all_files_are_one_schema_for_it(tmp_path: Path) -> None:
    assert program(tmp_path, "cat schema.prisma").sql_of(SCHEMAS) == "model A {}\nmodel B {}"


@pytest.mark.parametrize(
    ("version", "option"), [("7.0.0", "--to-schema"), ("6.19.3", "--to-schema-datamodel")]
)
def test_each_major_is_asked_in_its_own_words(tmp_path: Path, version: str, option: str) -> None:
    said = program(tmp_path, 'echo "$@"', version).sql_of(SCHEMAS)
    assert said == f"migrate diff --from-empty {option} schema.prisma --script\n"


def test_it_sees_nothing_secret_and_no_file_but_the_schema(tmp_path: Path) -> None:
    said = program(tmp_path, "ls -A; env").sql_of(SCHEMAS)
    assert said.startswith("schema.prisma\n")
    assert not any(each in said for each in ("DATABASE_URL", "GITHUB_TOKEN", "--require"))
    assert f"\nHOME={tmp_path}" not in said


def test_prisma_8_is_refused(tmp_path: Path) -> None:
    assert "no `prisma migrate`" in refusal(program(tmp_path, "echo x", "8.0.0"))


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 0", "it said nothing"),
        (
            "echo 'Error: P1012' >&2; echo >&2; echo 'error: No such type.' >&2; exit 1",
            "No such ty",
        ),
        ("printf 'Error: \\033[31mred' >&2; exit 1", "\ufffd[31mred"),
        ("head -c 5000 /dev/zero | tr '\\0' x >&2; exit 1", "xxx…"),
    ],
)
def test_what_it_refuses_is_said_in_one_short_line(tmp_path: Path, script: str, said: str) -> None:
    message = refusal(program(tmp_path, script))
    assert said in message
    assert "\n" not in message
    assert len(message) < 400


def test_a_schema_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="too large"):
        program(tmp_path, "echo x").sql_of({"a": "x" * (MOST_SCHEMA_BYTES + 1)})


def test_a_program_of_another_kind_is_asked_for_its_version(tmp_path: Path) -> None:
    alone = tmp_path / "prisma"
    alone.write_text("#!/bin/sh\necho 'prisma                  : 6.1.0'\n")
    alone.chmod(0o755)
    assert PrismaCli(alone).version == "6.1.0"
    alone.write_text("#!/bin/sh\necho none of your business\n")
    assert "does not say which version" in refusal(PrismaCli(alone))


def test_a_program_that_is_not_there_is_said_when_it_is_asked(tmp_path: Path) -> None:
    found = find_prisma({VARIABLE: str(tmp_path / "gone")}, None)
    assert found is not None
    assert "is no program" in refusal(found)


def test_the_variable_goes_before_the_checkout(tmp_path: Path) -> None:
    own = program(tmp_path, "echo x")
    assert find_prisma({VARIABLE: "/other"}, tmp_path) == PrismaCli(
        Path("/other"), {VARIABLE: "/other"}
    )
    assert find_prisma({}, tmp_path) == PrismaCli(own.program, {})


def test_a_checkout_is_not_trusted_on_the_runner(tmp_path: Path) -> None:
    program(tmp_path, "echo x")
    assert find_prisma({"GITHUB_ACTIONS": "true"}, tmp_path) is None


def test_without_either_there_is_none(tmp_path: Path) -> None:
    assert find_prisma({}, tmp_path) is None
    assert find_prisma({}, None) is None
