"""A GitHub and a checkout that deeds are done to, and that answer the bot's questions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.core.approvals.approval import Opinion, PullFacts
from bot.core.approvals.approval_policy import Permission
from bot.core.approvals.coauthors import coauthors_in, login_in
from bot.core.github.pull import Pull
from bot.core.migrations.migration import Migration, checksum_of
from tests.fakes import NOON, FakeCheckout, FakeGitHub, history, migration
from tests.flows.gating.deeds import (
    CODEOWNERS,
    IN_TEAM,
    NAMES,
    ROLE_NAMES,
    ROLES,
    STRANGER,
    TEAM,
    TEXTS,
    Deed,
)

MIGRATIONS = ("20260101000000_first", "20260102000000_second")


@dataclass(frozen=True)
class Commit:
    sha: str
    author: str
    message: str
    text: int


@dataclass
class Remark:
    """A review, or a comment that approves."""

    id: int
    who: str
    state: str
    commit: str
    comment: bool = False
    edited: bool = False


@dataclass
class Branch:
    """A pull request and its branch."""

    opener: str
    bot: str
    commits: list[Commit] = field(default_factory=list)
    heads: list[tuple[Commit, ...]] = field(default_factory=list)
    pushes: list[tuple[str, str]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    merged: bool = False

    @property
    def head(self) -> Commit:
        return self.commits[-1]


class Simulated(FakeGitHub):
    """Deeds go in by `do`; `sender` and `again` are who started the newest run of the deploy."""

    def __init__(self) -> None:
        super().__init__(permissions={who: Permission[role.upper()] for who, role in ROLES.items()})
        self.members = {TEAM: set(IN_TEAM)}
        self.profiles = {who: (name, "") for who, name in NAMES.items()}
        self.owners = CODEOWNERS
        self.branches: dict[int, Branch] = {}
        self.main: dict[str, int] = {}
        self.added: dict[str, str] = {}
        self.sender, self.again = "", ""
        self.clock = 0

    def do(self, deed: Deed) -> None:
        self.clock += 1
        done = getattr(self, "do_" + deed.kind.replace(" ", "_"))
        branch = self.branches.get(deed.pull)
        done(deed) if branch is None else done(deed, branch)

    def do_open(self, deed: Deed) -> None:
        bot, _, asker = deed.who.partition(" for ")
        branch = self.branches[deed.pull] = Branch(asker or bot, bot if asker else "")
        self._push(branch, [], bot, bot, deed.text, "")

    def do_push(self, deed: Deed, branch: Branch) -> None:
        """By ada, whoever pushes it: an author is whoever the commit says."""
        self._push(branch, branch.commits, deed.who, "ada", deed.text, deed.other)

    def do_force_push(self, deed: Deed, branch: Branch) -> None:
        self._push(branch, [], deed.who, deed.who, deed.text, deed.other)

    def do_go_back(self, deed: Deed, branch: Branch) -> None:
        if not branch.merged:
            branch.commits = list(branch.heads[deed.text % len(branch.heads)])
            branch.pushes.append((deed.who, branch.head.sha))

    def do_approve(self, deed: Deed, branch: Branch) -> None:
        self._remark(branch, deed.who, "APPROVED", branch.head.sha)

    def do_approve_earlier(self, deed: Deed, branch: Branch) -> None:
        commit = branch.heads[deed.text % len(branch.heads)][-1].sha
        self._remark(branch, deed.who, "APPROVED", commit)

    def do_request_changes(self, deed: Deed, branch: Branch) -> None:
        self._remark(branch, deed.who, "CHANGES_REQUESTED", branch.head.sha)

    def do_comment(self, deed: Deed, branch: Branch) -> None:
        self._remark(branch, deed.who, "COMMENTED", branch.head.sha)

    def do_dismiss(self, deed: Deed, branch: Branch) -> None:
        for each in reversed(branch.remarks):
            if each.who == deed.other and not each.comment and each.state != "COMMENTED":
                each.state = "DISMISSED"
                return

    def do_comment_approve(self, deed: Deed, branch: Branch) -> None:
        self._remark(branch, deed.who, "APPROVED", branch.head.sha, comment=True)

    def do_edit_comment(self, deed: Deed, branch: Branch) -> None:
        for each in reversed(branch.remarks):
            if each.comment and each.who == deed.who:
                each.edited = True
                return

    def do_merge(self, deed: Deed, branch: Branch) -> None:
        """By whatever button: the commit on main is another one, and the text is the same."""
        if branch.merged:
            return
        branch.merged = True
        name = MIGRATIONS[deed.pull]
        if name not in self.main:
            self.added[name] = f"merge-{deed.pull}-{self.clock}"
            self.brought[self.added[name]] = deed.pull
        self.main[name] = branch.head.text
        self._started(deed.who)

    def do_push_to_main(self, deed: Deed, branch: Branch) -> None:
        self._on_main(MIGRATIONS[deed.pull], deed)

    def do_bring_back(self, deed: Deed, branch: Branch) -> None:
        if MIGRATIONS[deed.pull] not in self.main:
            self._on_main(MIGRATIONS[deed.pull], deed)

    def do_revert(self, deed: Deed, branch: Branch) -> None:
        self.main.pop(MIGRATIONS[deed.pull], None)
        self.added.pop(MIGRATIONS[deed.pull], None)
        self._started(deed.who)

    def do_role(self, deed: Deed, branch: Branch) -> None:
        self.permissions[deed.other] = Permission[ROLE_NAMES[deed.text].upper()]

    def do_team(self, deed: Deed, branch: Branch) -> None:
        self.members[TEAM] ^= {deed.other}

    def do_dispatch(self, deed: Deed, branch: Branch) -> None:
        self._started(deed.who)

    def do_run_again(self, deed: Deed, branch: Branch) -> None:
        self.again = deed.who

    def pull(self, number: int) -> Pull:
        branch = self.branches[number]
        return Pull(number, branch.head.sha, "main", branch.opener, branch.merged)

    def pull_of(self, commit: str) -> Pull | None:
        return self.pull(self.brought[commit]) if commit in self.brought else None

    def facts(self, pull: Pull, paths: Mapping[str, str]) -> PullFacts:
        branch = self.branches[pull.number]
        named = [each for made in branch.commits for each in coauthors_in(made.message)]
        logins = [login_in(each.email) for each in named]
        shas = {each.sha for each in branch.commits}
        return PullFacts(
            number=pull.number,
            head=branch.head.sha,
            authors=frozenset({branch.bot or branch.opener, *(c.author for c in branch.commits)}),
            opinions=tuple(
                Opinion(each.who, each.state, each.commit, NOON + timedelta(seconds=each.id))
                for each in branch.remarks
                if not each.edited
            ),
            texts={name: checksum_of(TEXTS[branch.head.text]) for name in paths},
            coauthors=frozenset(each for each in logins if each),
            unmatched=tuple(
                each for each, login in zip(named, logins, strict=True) if login is None
            ),
            pushers=frozenset(who for who, sha in branch.pushes if sha in shas),
            bot=branch.bot,
            requesters=frozenset({branch.opener} if branch.bot else ()),
        )

    @property
    def pending(self) -> list[Migration]:
        return [migration(name, TEXTS[self.main[name]]) for name in sorted(self.main)]

    @property
    def checkout(self) -> FakeCheckout:
        return FakeCheckout(history(*self.pending), commits=dict(self.added))

    def _push(
        self, branch: Branch, on: list[Commit], who: str, author: str, text: int, other: str
    ) -> None:
        if branch.merged:
            return
        address = f"{other} <41+{other}@users.noreply.github.com>"
        named = other if other in ("", STRANGER) else address
        message = f"Change\n\nCo-Authored-By: {named}" if named else "Change"
        commit = Commit(f"{self.clock:040x}", author, message, text % len(TEXTS))
        branch.commits = [*on, commit]
        branch.heads.append(tuple(branch.commits))
        branch.pushes.append((who, commit.sha))

    def _remark(
        self, branch: Branch, who: str, state: str, commit: str, *, comment: bool = False
    ) -> None:
        branch.remarks.append(Remark(self.clock, who, state, commit, comment))

    def _on_main(self, name: str, deed: Deed) -> None:
        if name not in self.main:
            self.added[name] = f"direct-{self.clock}"
        self.main[name] = deed.text % len(TEXTS)
        self._started(deed.who)

    def _started(self, who: str) -> None:
        self.sender, self.again = who, ""
