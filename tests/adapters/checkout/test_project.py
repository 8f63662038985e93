"""Finding the Prisma schema beside a migrations folder, here and in a commit."""

from pathlib import Path

import pytest

from bot.adapters.checkout import Checkout
from bot.core.migrations.project import Project
from tests.adapters.checkout.repository import NOW, THIRD, Repository

SCHEMA = 'datasource db {\n  provider = "postgresql"\n}\n'


def write(repository: Repository, path: str, text: str = SCHEMA) -> None:
    file = repository.path / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def found(repository: Repository) -> Project | None:
    return repository.checkout().everything(NOW).head.project


def at_base(repository: Repository) -> Project | None:
    base = repository.checkout().change(None, NOW).base
    assert base is not None
    return base.project


def test_without_a_schema_there_is_no_project(repository: Repository) -> None:
    assert found(repository) is None
    assert at_base(repository) is None


def test_the_schema_beside_the_folder_is_found_here_and_on_the_base(repository: Repository) -> None:
    repository.switch("main")
    write(repository, "prisma/schema.prisma")
    repository.commit()
    repository.branch("later")
    write(repository, "prisma/schema.prisma", f"// More.\n{SCHEMA}")
    repository.add(THIRD)

    made = repository.checkout().change(None, NOW)
    assert made.head.project == Project({"prisma/schema.prisma": f"// More.\n{SCHEMA}"})
    assert made.base is not None
    assert made.base.project == Project({"prisma/schema.prisma": SCHEMA})


def test_a_folder_of_schemas_is_one_project(repository: Repository) -> None:
    paths = ("prisma/schema/base.prisma", "prisma/schema/models/user.prisma", "prisma/extra.prisma")
    repository.switch("main")
    for path in paths:
        write(repository, path)
    write(repository, "prisma/node_modules/x/schema.prisma")
    write(repository, "prisma/.old/schema.prisma")
    write(repository, "prisma/migrations/notes/schema.prisma")
    write(repository, "packages/other/schema.prisma")
    repository.commit()
    repository.branch("later")

    here, there = found(repository), at_base(repository)
    assert here is not None
    assert sorted(here.schemas) == sorted(paths)
    assert here == there


def test_the_nearest_configuration_of_prisma_is_found(repository: Repository) -> None:
    write(repository, "prisma/schema.prisma")
    write(repository, ".config/prisma.ts", "far")
    assert found(repository) == Project(
        {"prisma/schema.prisma": SCHEMA}, "far", ".config/prisma.ts"
    )

    write(repository, "prisma/prisma.config.mjs", "near")
    made = found(repository)
    assert made is not None
    assert (made.config, made.config_path) == ("near", "prisma/prisma.config.mjs")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x" * 5_000_000])
def test_a_schema_that_cannot_be_read_leaves_nothing_known(
    repository: Repository, content: bytes
) -> None:
    write(repository, "prisma/schema.prisma")
    (repository.path / "prisma/other.prisma").write_bytes(content)
    assert found(repository) is None


def test_no_link_is_followed_out_of_the_checkout(repository: Repository, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "schema.prisma").write_text("secret", "utf-8")
    (repository.path / "prisma/schema.prisma").symlink_to(outside / "schema.prisma")
    (repository.path / "prisma/schema").symlink_to(outside)
    assert found(repository) is None


def test_a_folder_at_the_top_does_not_make_all_of_the_checkout_its_project(
    repository: Repository,
) -> None:
    write(repository, "migrations/0_init/migration.sql", "SELECT 1;\n")
    write(repository, "schema.prisma")
    write(repository, "packages/other/schema.prisma")
    made = Checkout(repository.path, "migrations", repository.environ).everything(NOW).head.project
    assert made is not None
    assert list(made.schemas) == ["schema.prisma"]
