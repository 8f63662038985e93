import json
from pathlib import Path

import pytest

from bot.adapters.prisma.installed import VARIABLE, InstalledPrisma, installed_prisma
from bot.errors import UsageError
from tests.shell import write

ENVIRON = {"PATH": "/usr/bin:/bin"}


def npm(folder: Path, version: str, package: str = "prisma") -> Path:
    """As npm and yarn install it: a link to a file of the package."""
    name = package.rpartition("/")[2]
    write(
        folder / "node_modules",
        {
            f"{package}/package.json": json.dumps({"name": package, "version": version}),
            f"{package}/build/index.js": "#!/bin/sh\nexit 1\n",
        },
    )
    target = folder / "node_modules" / package / "build" / "index.js"
    target.chmod(0o755)
    link = folder / "node_modules" / ".bin" / name
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(target)
    return link


def pnpm(folder: Path, version: str) -> Path:
    """As pnpm does: a script, and a link to the package's folder elsewhere."""
    store = folder / "node_modules" / ".pnpm" / f"prisma@{version}" / "node_modules" / "prisma"
    write(store, {"package.json": json.dumps({"name": "prisma", "version": version})})
    (folder / "node_modules" / "prisma").symlink_to(store)
    script = folder / "node_modules" / ".bin" / "prisma"
    write(folder, {"node_modules/.bin/prisma": '#!/bin/sh\nexec node "$basedir/x"\n'})
    script.chmod(0o755)
    return script


def found(start: Path, root: Path, **environ: str) -> InstalledPrisma:
    return installed_prisma(start, root, environ, ENVIRON)


def refusal(start: Path, root: Path, **environ: str) -> UsageError:
    with pytest.raises(UsageError) as caught:
        found(start, root, **environ)
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("install", [npm, pnpm])
def test_it_is_found_beside_the_schema(tmp_path: Path, install: object) -> None:
    assert callable(install)
    program = install(tmp_path, "7.10.1")
    assert found(tmp_path / "prisma", tmp_path) == InstalledPrisma(program, "7.10.1")


def test_in_a_workspace_it_is_found_at_the_top_or_nearer(tmp_path: Path) -> None:
    shop = tmp_path / "apps" / "shop"
    shop.mkdir(parents=True)
    top = npm(tmp_path, "6.19.3")
    assert found(shop / "prisma", tmp_path).program == top
    own = npm(shop, "7.10.1")
    assert found(shop / "prisma", tmp_path).program == own


def test_none_is_taken_from_outside_the_checkout(tmp_path: Path) -> None:
    npm(tmp_path, "7.10.1")
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    assert "There is no Prisma here" in refusal(checkout, checkout).message


def test_the_variable_goes_before_all(tmp_path: Path) -> None:
    npm(tmp_path, "7.10.1")
    alone = tmp_path / "mine"
    alone.write_text("#!/bin/sh\necho 'prisma                  : 6.1.0'\n")
    alone.chmod(0o755)
    assert found(tmp_path, tmp_path, **{VARIABLE: str(alone)}).version == "6.1.0"
    gone = refusal(tmp_path, tmp_path, **{VARIABLE: str(tmp_path / "gone")})
    assert "is no program" in gone.message


@pytest.mark.parametrize("version", ["5.0.0", "5.22.0", "6.19.3", "7.0.0", "7.10.1-dev.3"])
def test_5_6_and_7_can_be_asked(tmp_path: Path, version: str) -> None:
    npm(tmp_path, version)
    assert found(tmp_path, tmp_path).version == version


@pytest.mark.parametrize("version", ["8.0.0-rc.19", "9.1.0"])
def test_8_and_newer_are_refused_in_words(tmp_path: Path, version: str) -> None:
    npm(tmp_path, version)
    error = refusal(tmp_path, tmp_path)
    assert f"is {version}, which has no `prisma migrate`" in error.message
    assert "prisma@7" in error.hint


def test_beside_8_prisma_7_under_its_own_name_is_asked(tmp_path: Path) -> None:
    npm(tmp_path, "8.0.0")
    own = npm(tmp_path, "7.10.1", "@prisma/prisma7")
    assert found(tmp_path, tmp_path) == InstalledPrisma(own, "7.10.1")


@pytest.mark.parametrize("version", ["4.16.2", "2.0.0"])
def test_what_is_older_than_5_is_refused_in_words(tmp_path: Path, version: str) -> None:
    npm(tmp_path, version)
    assert f"is {version}, which is too old" in refusal(tmp_path, tmp_path).message


def test_a_program_that_is_something_else_is_said(tmp_path: Path) -> None:
    write(tmp_path, {"node_modules/.bin/prisma": "#!/bin/sh\necho hello\n"})
    (tmp_path / "node_modules/.bin/prisma").chmod(0o755)
    assert "does not say which version" in refusal(tmp_path, tmp_path).message


def test_packages_that_are_not_installed_are_said(tmp_path: Path) -> None:
    write(tmp_path, {"package.json": "{}"})
    error = refusal(tmp_path / "prisma", tmp_path)
    assert "not installed in this project" in error.message
    assert "npm install" in error.hint


def test_plug_n_play_is_said(tmp_path: Path) -> None:
    write(tmp_path, {"package.json": "{}", ".pnp.cjs": ""})
    error = refusal(tmp_path / "prisma", tmp_path)
    assert "Plug'n'Play" in error.message
    assert "nodeLinker" in error.hint
