"""One migrations folder: in the working tree, in the commits before it, and the change between."""

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from bot.adapters.checkout.base import Base, find_base
from bot.adapters.checkout.differing import differing
from bot.adapters.checkout.folder import find_in_folder
from bot.adapters.checkout.git import FETCH_ADVICE, Git
from bot.adapters.checkout.ground import ground_of
from bot.adapters.checkout.loading import Found, load
from bot.adapters.checkout.objects import find_in_commit
from bot.adapters.checkout.paths import (
    leads_out,
    nearest,
    require_no_way_out,
    top_of,
    unreadable,
)
from bot.adapters.checkout.project import find_project, project_at
from bot.adapters.checkout.proposal import fetched
from bot.adapters.checkout.texts import commit_with
from bot.adapters.checkout.writing import write_down, write_fixed
from bot.core.findings.fixed import FixedMigration
from bot.core.initial import Ground
from bot.core.migrations.history import Change, History
from bot.core.migrations.migration import Migration
from bot.core.migrations.project import Project
from bot.errors import UsageError


class Checkout:
    """The working tree, and the git repository around it if there is one.

    `root` is the top of the repository and `folder` the migrations folder below it; `root` is None
    for a folder that is in no repository. Reading never follows a link out of `root`.
    """

    def __init__(self, root: Path | None, folder: str, environ: Mapping[str, str]) -> None:
        self.root = root
        self.folder = posixpath.normpath(folder)
        self._environ = environ

    @classmethod
    def find(cls, folder: str, *, start: Path, environ: Mapping[str, str]) -> "Checkout":
        """The checkout around a folder that is named from `start`, or from the repository's top."""
        named = start / folder
        around = top_of(start, environ)
        root = top_of(named, environ) if named.is_dir() else around
        if around is not None and around != root:
            require_no_way_out(named, around)
        if root is None:
            return cls(None, str(named), environ)
        place = named if named.exists() else root / folder
        real = place.resolve()
        if not real.is_relative_to(root):
            raise leads_out(folder)
        return cls(root, real.relative_to(root).as_posix(), environ)

    def history(self, *, optional: bool = False) -> History:
        """The working tree's; empty if there is no such folder and it is `optional`."""
        return self._load(self._found(optional=optional))

    def history_at(self, ref: str) -> History:
        """A commit's; empty if it has no such folder."""
        commit = self._git.commit(ref)
        if commit is None:
            raise UsageError(
                f"There is no commit {ref} here.",
                hint=f"{FETCH_ADVICE}, or fetch it from the remote.",
            )
        return self._load(find_in_commit(self._git, commit, self._in_repository))

    def everything(self, now: datetime) -> Change:
        """The whole history, compared with nothing."""
        return Change(head=replace(self.history(), project=self._project), now=now)

    def change(self, base: str | None, now: datetime) -> Change:
        """The working tree against the tip of a base."""
        tip = self.base(base)
        found = self._found()
        head = self._load(found)
        merged = self._at(tip.commit, found)
        return Change(
            head=replace(head, project=self._project),
            now=now,
            base=replace(merged, project=self._project_at(tip.commit)),
            base_name=tip.name,
            base_ref=tip.ref,
            behind=self._behind(tip, found, head=head, base=merged),
        )

    def ground(self) -> Ground:
        """The repository as it is before the bot moves in."""
        if self.root is None:
            raise UsageError(
                "This is no git repository, so there is nothing to move into.",
                hint="Go to the top of the repository, or begin one with `git init`.",
            )
        return ground_of(self.root, self._git)

    def fetched(self, pull: int) -> str | None:
        """The commit at the head of a pull request, brought here to be read; None if it is gone."""
        return fetched(self._git, pull, self._environ)

    def change_at(self, commit: str, base_name: str, now: datetime) -> Change:
        """What is checked out is the base; what a commit makes of it is the change."""
        here = self.head()
        head, merged = self.history_at(commit), self.history_at(here)
        fork = self._git.ask("merge-base", commit, here)
        moved = fork is not None and fork != here and head != merged
        before = self.history_at(fork) if moved and fork else merged
        return Change(
            head=replace(head, project=self._project_at(commit)),
            now=now,
            base=replace(merged, project=self._project_at(here)),
            base_name=base_name,
            base_ref=f"origin/{base_name}",
            behind=differing(head, merged) - differing(head, before) if moved else frozenset(),
        )

    def put(self, migrations: Sequence[FixedMigration]) -> None:
        """Write what was fixed into the working tree."""
        write_fixed(self._top(), migrations)

    def put_down(self, migration: Migration, text: str, *, overwrite: bool = False) -> None:
        """Write a down.sql beside the migration's script."""
        write_down(self._top(), migration, text, overwrite=overwrite)

    def _top(self) -> Path:
        top = (self.root or Path()) / self.folder
        if self.root is not None and not top.resolve().is_relative_to(self.root.resolve()):
            raise leads_out(self.folder)
        return top

    def base(self, explicit: str | None = None) -> Base:
        return find_base(self._git, explicit, self._environ)

    def text(self, path: str) -> str | None:
        """A file of the working tree, by its path from the top; None if there is none.

        Raises UsageError if there is one that cannot be read.
        """
        file = (self.root or Path()) / path
        try:
            if self.root is not None and not file.resolve().is_relative_to(self.root.resolve()):
                raise unreadable(path, "it is a link out of the checkout")
            return file.read_bytes().decode("utf-8")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except UnicodeDecodeError:
            raise unreadable(path, "it is not UTF-8") from None
        except OSError as error:
            raise unreadable(path, error.strerror or "the system refused") from None

    def text_at_base(self, path: str) -> str | None:
        """The same file at the tip of the base, where a pull request's author has no say."""
        return self._git.ask("cat-file", "blob", f"{self.base().commit}:{path}")

    def head(self) -> str:
        """The commit that is checked out."""
        commit = self._git.commit("HEAD")
        if commit is None:
            raise UsageError(
                "The repository has no commit yet.",
                hint="Commit the migrations first, or use `check --all`.",
            )
        return commit

    def added_by(self, name: str) -> str | None:
        """The commit of the current branch that brought a migration's script; None if none did.

        For a merged pull request that is its merge commit: only first parents are followed.
        """
        history = History(self._in_repository)
        found = self._git.ask(
            *("log", "--first-parent", "-m", "--no-renames", "--diff-filter=A", "--max-count=1"),
            *("--format=%H %P", "HEAD", "--", history.path_of(name)),
        )
        commit, _, parents = (found or "").partition(" ")
        if commit and not parents and self._git.parents(commit):
            raise UsageError(
                f"This clone is too shallow to tell which commit brought {name}.",
                hint=f"{FETCH_ADVICE}, or run `git fetch --unshallow`.",
            )
        return commit or None

    def commit_with(self, name: str, checksum: str) -> str | None:
        """The commit that has the text of a migration which a target applied; None if none here
        has, or there is no git to ask."""
        found = self._found_with(name, checksum)
        return found[0] if found else None

    def text_with(self, name: str, checksum: str) -> str | None:
        """The text of a migration that had this checksum; None as for `commit_with`."""
        found = self._found_with(name, checksum)
        return found[1] if found else None

    def _found_with(self, name: str, checksum: str) -> tuple[str, str] | None:
        if self.root is None:
            return None
        return commit_with(self._git, History(self._in_repository).path_of(name), checksum)

    @cached_property
    def _git(self) -> Git:
        if self.root is not None:
            return Git(self.root, self._environ)
        # Asked for its explanation: no repository, or one that git does not trust.
        Git(nearest(Path(self.folder)), self._environ).read("rev-parse", "--show-toplevel")
        raise UsageError(
            f"{self.folder} is not read as part of a git repository, so it has no base.",
            hint="Use `check --all` to judge every migration.",
        )

    @cached_property
    def _project(self) -> Project | None:
        return find_project(self.root, self.folder)

    def _project_at(self, commit: str) -> Project | None:
        """A commit's, where there is one in the working tree to compare it with."""
        if self._project is None:
            return None
        return project_at(self._git, commit, self._in_repository, self._project)

    @property
    def _in_repository(self) -> str:
        return "" if self.folder == "." else self.folder

    def _found(self, *, optional: bool = False) -> Found:
        top = (self.root or Path()) / self.folder
        if self.root is not None and not top.resolve().is_relative_to(self.root.resolve()):
            raise leads_out(self.folder)
        try:
            return find_in_folder(top, self.root)
        except FileNotFoundError as error:
            if optional:
                return Found()
            raise UsageError(
                f"There is no migrations folder {self.folder}.",
                hint="Name it with `--migrations DIR`, or `migrations:` in the configuration.",
            ) from error
        except OSError as error:
            raise UsageError(
                f"The migrations folder {self.folder} cannot be read: {error.strerror}.",
                hint="Give a folder that this user may list.",
            ) from error

    def _at(self, commit: str, at_hand: Found) -> History:
        texts = at_hand.texts.values()
        return self._load(find_in_commit(self._git, commit, self._in_repository, texts))

    def _load(self, found: Found) -> History:
        if found.prisma_8:
            raise UsageError(
                f"{self.folder} is in the format of Prisma 8, which has no migration.sql.",
                hint="Prisma Migrate of Prisma 5, 6 and 7 is supported; stay on `prisma@7`.",
            )
        return load(self._in_repository, found)

    def _behind(self, tip: Base, found: Found, *, head: History, base: History) -> frozenset[str]:
        """The names in which the base has changed since the branch was made, and head has not."""
        if not differing(head, base):
            return frozenset()
        fork = self._git.ask("merge-base", "HEAD", tip.commit)
        if fork == tip.commit:
            return frozenset()
        if fork is None:
            self._require_merged(tip)
            return frozenset()
        before = self._at(fork, found)
        return differing(head, base) - differing(head, before)

    def _require_merged(self, tip: Base) -> None:
        """Without a common commit, only a merge of the base's tip can be compared with it."""
        if self._git.shallow and tip.commit not in self._git.parents(self.head()):
            raise UsageError(
                f"This clone is too shallow to tell what the branch changes from {tip.name}.",
                hint=f"{FETCH_ADVICE}, or run `git fetch --unshallow`.",
            )
