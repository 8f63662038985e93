"""Keeping the one status comment on several databases: each run rewrites its own parts of it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from bot.core.github.marker import Marker, whole_key
from bot.core.github.pull import Comment
from bot.core.github.said import Answered
from bot.core.github.sticky import decide, of_key
from bot.flows.telling.told import Told, carry_out
from bot.report.comment.comment import same_but_for_time
from bot.report.comment.detail import COMMENT_BUDGET
from bot.report.comment.marker import read_marker
from bot.report.comment.parts import Part, outlined, part_of, read_parts, whole_of

# GitHub lets nobody change a comment only if it is still what they read: two rollouts that end at
# once may each put back what the other has replaced. So it is read once more, and put right.
_TRIES = 3
# What the lines above and below the parts take, at first; what they do take is found by writing.
_AROUND = 1_500


def keep_shared_comment(told: Sequence[Told]) -> None:
    """Write what is told into the comment, beside what it says of other databases. Raises
    GitHubError."""
    for _ in range(_TRIES if told else 0):
        ours = _write(told)
        if not ours:
            return
        standing = _standing(_comments(told[0]), _key(told[0])).values()
        if ours <= {each.marker for each in standing}:
            return


def _write(told: Sequence[Told]) -> set[Marker]:
    """The markers of the parts that were written now."""
    first, existing = told[0], _comments(told[0])
    standing = _standing(existing, _key(first))
    fresh = [each for each in told if _speaks(each, standing.get(each.key))]
    parts = _fitted(fresh, standing, told)
    if not parts:
        return set()
    body = _whole(parts, told)
    marker = read_marker(body)
    assert marker is not None, "our own comment has a marker"
    decision = decide(
        existing, body, marker, read=read_marker, same=same_but_for_time, overrules=True
    )
    keys = {each.key for each in fresh}
    gone = (*decision.delete, *_outdated(existing, keys))
    carry_out(replace(decision, delete=gone), body, marker, first)
    written = decision.create or decision.edit is not None
    return {each.marker for each in parts if written and each.marker.key in keys}


def _speaks(told: Told, there: Part | None) -> bool:
    """Whether it has something to say that a newer run has not said."""
    if there is None:
        return told.wanted
    assert told.report.run is not None
    run = told.report.run
    return (run.id, run.attempt) >= there.marker.order or told.overrules


def _outdated(existing: Sequence[Comment], keys: Collection[str]) -> Iterator[int]:
    """Comments on one of these databases alone, from before it had a part here."""
    for each in existing:
        mark = read_marker(each.body)
        if mark is not None and mark.key in keys:
            yield each.id


def _fitted(
    fresh: Sequence[Told], standing: Mapping[str, Part], told: Sequence[Told]
) -> tuple[Part, ...]:
    """All parts, within what a comment may hold. Each database has the same room; those that are
    not told of now give up theirs only where another would be left without."""
    many = len(standing.keys() | {each.key for each in fresh})
    room = COMMENT_BUDGET - _AROUND
    parts: tuple[Part, ...] = ()
    for _ in range(_TRIES):
        parts = _shared_out(fresh, standing, room // max(many, 1), room)
        excess = _size(_whole(parts, told)) - COMMENT_BUDGET if parts else 0
        if excess <= 0:
            return parts
        room -= excess + _AROUND
    return tuple(outlined(each) for each in parts)


def _shared_out(
    fresh: Sequence[Told], standing: Mapping[str, Part], share: int, room: int
) -> tuple[Part, ...]:
    keys = {each.key for each in fresh}
    kept = {key: each for key, each in standing.items() if key not in keys}
    while fresh and room - sum(each.size for each in kept.values()) < share * len(fresh):
        longest = max(kept, key=lambda key: kept[key].size)
        shorter = outlined(kept[longest])
        if shorter == kept[longest]:
            break
        kept[longest] = shorter
    made = {each.key: _made(each, standing.get(each.key), share) for each in fresh}
    order = made if not kept else [*standing, *(key for key in made if key not in standing)]
    return tuple({**kept, **made}[key] for key in order)


def _made(told: Told, there: Part | None, budget: int) -> Part:
    """The part to be; the one that is there if that says as much."""
    rehearsed = there.marker.rehearsed if there else 0
    part = part_of(replace(told.report, rehearsed=rehearsed), told.key, budget=budget)
    same = there is not None and told.same(there.text, part.text)
    return there if same and there is not None else part


def _whole(parts: Sequence[Part], told: Sequence[Told]) -> str:
    run = told[0].report.run
    assert run is not None
    return whole_of(parts, _key(told[0]), run.at, _commands(told))


def _commands(told: Sequence[Told]) -> Sequence[Answered]:
    """Those of the pull request; what there is to say of one, its own database knows."""
    same = zip(*(each.report.commands for each in told), strict=False)
    return [next((each for each in known if each.answer), known[0]) for known in same]


def _standing(existing: Sequence[Comment], key: str) -> dict[str, Part]:
    """The newest of each database, in the comment's order."""
    found: dict[str, Part] = {}
    for comment, _ in of_key(existing, key, read=read_marker):
        for part in read_parts(comment.body):
            known = found.get(part.marker.key)
            if known is None or known.marker.order < part.marker.order:
                found[part.marker.key] = part
    return found


def _comments(told: Told) -> Sequence[Comment]:
    assert told.world.github is not None
    assert told.report.pull is not None
    return told.world.github.own_comments(told.report.pull)


def _key(told: Told) -> str:
    assert told.report.run is not None
    return whole_key(told.report.run.repository_url)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
