"""Rewrites carried out on one folder's text, which may make several folders of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from bot.core.findings.rewrite import Piece, Place, Rewrite
from bot.core.migrations.statement import Statement
from bot.fixing.chunks import Chunk, chunks_of
from bot.fixing.draft import CannotSplit, Draft, Part, place_among
from bot.fixing.groups import (
    BEGIN,
    COMMENT,
    COMMIT,
    SETTING,
    WORK,
    Group,
    Item,
    closing,
    made,
    opening,
    worthwhile,
)
from bot.fixing.order import may_wait, torn_apart
from bot.fixing.settings import in_effect, said_again, telling, ties
from bot.sql import actions as act
from bot.sql.parse import parse
from bot.sql.read import actions_of

_CLOSING = {"COMMIT", "ROLLBACK", "PREPARE TRANSACTION"}


def carried_out(draft: Draft, place: int, rewrites: Mapping[int, Rewrite]) -> Draft:
    """The draft with the rewrites of statements, by their index, in one of its parts.

    Raises CannotSplit where the statements need each other.
    """
    part = draft.parts[place]
    work = _Work(part, rewrites, said_again(part.text, rewrites, written=draft.migration.sql))
    work.run()
    first, *others = work.groups
    newline = "\r\n" if "\r\n" in draft.migration.sql else "\n"
    if not others and not work.later:
        kept = replace(part, text=_with_newlines(first.text, newline))
        return draft.with_part(place, (kept,), ())
    if draft.migration.down is not None:
        raise CannotSplit("its down.sql would have to be split with it")
    parts = [
        replace(part, text=_trimmed(each.text, newline), what=each.what if n else part.what)
        for n, each in enumerate(work.groups)
    ]
    later = [Part(_trimmed(each.text, newline), each.what, last=True) for each in work.later]
    return draft.with_part(place, tuple(parts), tuple(later))


def in_transactions(draft: Draft) -> Draft:
    """Each folder of several in a transaction that it begins and commits, if it does several
    things."""
    if len(draft.parts) == 1:
        return draft
    return replace(draft, parts=tuple(map(_in_a_transaction, draft.parts)))


def in_one_transaction(draft: Draft, place: int) -> Draft:
    """The same for one of its folders."""
    return draft.with_part(place, (_in_a_transaction(draft.parts[place]),), ())


def _in_a_transaction(part: Part) -> Part:
    chunks = chunks_of(part.text, parse(part.text))
    kinds = [_kind(each.statement) for each in chunks]
    if kinds.count(WORK) < 2 or BEGIN in kinds or COMMIT in kinds:
        return part
    newline = "\r\n" if "\r\n" in part.text else "\n"
    first = chunks[0]
    at = len(first.lead) - len(first.near)
    semicolon = "" if chunks[-1].ended else ";"
    end = "" if part.text.endswith("\n") and chunks[-1].ended else newline
    body = f"{part.text[at:]}{semicolon}{end}"
    return replace(part, text=f"{part.text[:at]}BEGIN;{newline}{body}COMMIT;{newline}")


def _with_newlines(text: str, newline: str) -> str:
    return text if newline == "\n" else text.replace("\r\n", "\n").replace("\n", "\r\n")


def _trimmed(text: str, newline: str) -> str:
    return _with_newlines(text.strip("\r\n") + "\n", newline)


@dataclass
class _Work:
    """One pass over the statements of a part; `groups` and `later` are what it makes.

    `said_again` are statements that go because a rewrite says the same before them.
    `inside` says that the author's transaction is open, `place` which statement it is at, `depth`
    behind how many of the last folders that statement has come.
    """

    part: Part
    rewrites: Mapping[int, Rewrite]
    said_again: Collection[int] = ()

    def __post_init__(self) -> None:
        self.chunks = chunks_of(self.part.text, parse(self.part.text))
        self.statements = [each.statement for each in self.chunks]
        self.groups: list[Group] = [Group()]
        self.later: list[Group] = []
        self.inside = False
        self.place = 0
        self.depth = 0
        self._behind = self.groups[0]

    def run(self) -> None:
        for place, chunk in enumerate(self.chunks):
            self.place = place
            rewrite = self.rewrites.get(place)
            if place in self.said_again:
                self._add(Item(COMMENT, chunk.lead))
            elif rewrite is None:
                self._add(_written(chunk, chunk.text, _kind(chunk.statement)))
            elif rewrite.pieces:
                self._replace(chunk, self._settled(rewrite).pieces)
            else:
                self._add(Item(COMMENT, chunk.lead if chunk.lead.strip() else ""))
                continue
            self.inside = _inside_after(chunk.statement, inside=self.inside)
        self.groups = worthwhile(self.groups)

    def _settled(self, rewrite: Rewrite) -> Rewrite:
        """LATER becomes NEXT where what follows cannot go first."""
        pieces = rewrite.pieces
        strict = any(each.place in (Place.APART, Place.NEXT) for each in pieces)
        following = self.statements[self.place + 1 :]
        if not strict and may_wait(self.statements[self.place], following):
            return rewrite
        return Rewrite(
            tuple(
                replace(each, place=Place.NEXT) if each.place is Place.LATER else each
                for each in pieces
            )
        )

    def _add(self, item: Item) -> None:
        """To the group that goes on; behind a statement that is alone, to a new one."""
        if self.groups[-1].alone:
            self._open("then", inside=self.inside)
        self.groups[-1].items.append(item)

    def _replace(self, chunk: Chunk, pieces: Sequence[Piece]) -> None:
        here = _before_the_first_cut(pieces)
        rest = pieces[len(here) :]
        inside, above, behind = self.inside, chunk.above, chunk.behind
        self.depth = 0
        if here:
            text = _in_its_place(chunk, [each.sql for each in here])
            kind = _kind(chunk.statement) if text == chunk.text else WORK
            self._add(_written(chunk, text, kind))
            inside = _inside_after(chunk.statement, inside=inside)
            above, behind = "", ""
        told = _told_about(chunk.statement, rest)
        for n, piece in enumerate(rest):
            before, after = (above, behind.rstrip()) if n == told else ("", "")
            sql = f"{before}{piece.sql};{after}\n" if piece.sql else ""
            self._put(piece, Item(WORK if sql else COMMENT, sql, made=True), inside=inside)

    def _put(self, piece: Piece, item: Item, *, inside: bool) -> None:
        """Where a piece goes that does not simply stand in for its statement."""
        if piece.place is Place.LATER:
            self._behind = self._level(piece.what)
            self._behind.items.append(item)
        elif piece.place is Place.HERE:
            self._behind.items.append(item)
        else:
            self._cut(piece, inside=inside)
            self._behind = self.groups[-1]
            self._behind.items.append(item)

    def _level(self, what: str) -> Group:
        """The folder for this behind everything else; what other statements put there is in it."""
        at, there = place_among([each.what for each in self.later], what, start=self.depth)
        if not there:
            again = [made(SETTING, sql) for sql in self._settings().values()]
            self.later.insert(at, Group(what, items=again))
        self.depth = at + 1
        return self.later[at]

    def _cut(self, piece: Piece, *, inside: bool) -> None:
        alone = piece.place is Place.APART
        self._require_apart(alone=alone, own=not piece.sql)
        before = self.groups[-1]
        if not before.alone:
            before.items += closing(inside=inside)
        if alone:
            self.groups.append(Group(piece.what, alone=True))
        else:
            self._open(piece.what, inside=inside)

    def _open(self, what: str, *, inside: bool) -> None:
        items = opening(list(self._settings().values()), inside=inside)
        self.groups.append(Group(what, items=items))

    def _settings(self) -> Mapping[str, str]:
        return in_effect(self.statements[: self.place])

    def _require_apart(self, *, alone: bool, own: bool) -> None:
        """`own`: the author had committed here already."""
        tie = ties(self.statements)
        if tie:
            raise CannotSplit(f"{tie} holds its statements together")
        before, after = self.statements[: self.place], self.statements[self.place :]
        name = None if own else torn_apart(before, after)
        if name:
            raise CannotSplit(f"{name} would be missing between two folders")
        needed = telling(self._settings())
        if alone and needed:
            raise CannotSplit(f"it needs SET {needed[0]} before it, and has to be alone")


def _written(chunk: Chunk, text: str, kind: str) -> Item:
    comments = "\n".join(filter(None, (chunk.lead.strip(), chunk.behind.strip())))
    return Item(kind, text, ended=chunk.ended, comments=comments)


def _in_its_place(chunk: Chunk, here: Sequence[str]) -> str:
    """The chunk with other statements. One that only comes before goes above the comments, which
    are about the author's own."""
    *before, last = here
    if before and last == chunk.statement.sql:
        first = "".join(f"{each};\n" for each in before)
        return f"{chunk.lead[: -len(chunk.near) or None]}{first}{chunk.near}{last}{chunk.tail}"
    return chunk.lead + ";\n".join(here) + chunk.tail


def _before_the_first_cut(pieces: Sequence[Piece]) -> list[Piece]:
    return list(takewhile(lambda each: each.place is Place.HERE, pieces))


def _told_about(statement: Statement, pieces: Sequence[Piece]) -> int:
    """Which piece the author's comments are about: the author's own statement, or the first."""
    own = (n for n, each in enumerate(pieces) if each.sql == statement.sql)
    return next(own, 0)


def _kind(statement: Statement) -> str:
    actions = actions_of(statement)
    verbs = {each.verb for each in actions if isinstance(each, act.Transaction)}
    if "BEGIN" in verbs:
        return BEGIN
    if verbs & _CLOSING:
        return COMMIT
    if actions and all(isinstance(each, act.SetVariable) for each in actions):
        return SETTING
    return WORK


def _inside_after(statement: Statement, *, inside: bool) -> bool:
    kind = _kind(statement)
    return kind == BEGIN or (inside and kind != COMMIT)
