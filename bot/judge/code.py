"""The code a statement runs: DO blocks, and functions and procedures of the history it calls."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from bot.core.migrations.statement import Statement
from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.presence import holds
from bot.judge.replay.idle import fails, idle
from bot.sql import actions as act
from bot.sql.bodies import Body, Guard, Inner, Steering, read_body
from bot.sql.read import actions_of

_DEEPEST = 5
# The index of a statement that stands in another one than that which runs it.
ELSEWHERE = -1


@dataclass(frozen=True)
class Run:
    """Actions that are carried out together: the statement's own, or those of one `inside`.

    `conditional` says that the code decides whether it runs, `handler` that only an error that
    nothing points to would make it. Without `understood` something happens that no text tells.
    """

    actions: tuple[act.Action, ...] = ()
    inside: Statement | None = None
    conditional: bool = False
    handler: bool = False
    understood: bool = True


def runs(actions: Iterable[act.Action], catalogue: Catalogue) -> Iterator[Run]:
    """What a statement does, then what each statement of the code that it calls does.

    Conditions on the schema are looked up when their turn comes, so the catalogue must follow
    what is yielded. What code finds done already is left out: it is there to be run twice.
    """
    own = tuple(actions)
    block = next((each for each in own if isinstance(each, act.RunBlock)), None)
    if block:
        yield Run((block,), understood=block.understood)
        yield from _inside(block.inner, catalogue, 0)
    else:
        yield Run(own)
        yield from _calls(own, catalogue, None, 0)


def runs_code(actions: Iterable[act.Action], catalogue: Catalogue) -> bool:
    return any(
        isinstance(each, act.RunBlock) or any(True for _ in _called(each, catalogue))
        for each in actions
    )


def _calls(
    actions: tuple[act.Action, ...], catalogue: Catalogue, at: Statement | None, depth: int
) -> Iterator[Run]:
    """What is called stands, for a reader of the file, where it is called."""
    bodies = [each for action in actions for each in _called(action, catalogue)]
    for body in bodies if depth < _DEEPEST else ():
        if not body.understood:
            yield Run(understood=False)
        inner = tuple(
            replace(each, statement=_placed(each.statement, at)) for each in body.statements
        )
        yield from _inside(inner, catalogue, depth + 1)


def _placed(statement: Statement, at: Statement | None) -> Statement:
    if at is None:
        return replace(statement, index=ELSEWHERE)
    return replace(statement, index=at.index, start=at.start, end=at.end)


def _called(action: act.Action, catalogue: Catalogue) -> Iterator[Body]:
    names: tuple[str, ...] = ()
    if isinstance(action, act.Call):
        names = (action.name,)
    elif isinstance(action, act.Query) and action.functions and catalogue.functions:
        names = tuple(f"public.{name}" for name in action.functions)
    for name in names:
        function = catalogue.functions.get(name)
        if function:
            yield _body(function.body, function.language)
        elif isinstance(action, act.Call):
            yield Body(understood=False)


@lru_cache(maxsize=256)
def _body(text: str, language: str) -> Body:
    return read_body(text, language)


@lru_cache(maxsize=256)
def _actions(statement: Statement) -> tuple[act.Action, ...]:
    return actions_of(statement)


def _inside(inner: Iterable[Inner], catalogue: Catalogue, depth: int) -> Iterator[Run]:
    course = _Course(catalogue)
    for each in inner:
        verdicts = [course.verdict(guard) for guard in each.guards]
        if False in verdicts:
            continue
        actions = course.acting(each, _actions(each.statement))
        if actions:
            handler = any(
                guard.steering is Steering.HANDLER and verdict is None
                for guard, verdict in zip(each.guards, verdicts, strict=True)
            )
            yield Run(actions, each.statement, None in verdicts, handler)
            yield from _calls(actions, catalogue, each.statement, depth)


@dataclass
class _Course:
    """How a body goes: what its conditions said, and which of its blocks an error has ended."""

    catalogue: Catalogue
    decided: dict[int, bool | None] = field(default_factory=dict)
    ended: set[int] = field(default_factory=set)

    def verdict(self, guard: Guard) -> bool | None:
        """Whether it lets the statement run; None if nobody can know."""
        if guard.steering is Steering.CAUGHT:
            return guard.number not in self.ended
        if guard.steering is Steering.HANDLER:
            return True if guard.number in self.ended else None
        if guard.steering is Steering.CHANCE:
            return None
        if guard.number not in self.decided:
            self.decided[guard.number] = holds(guard.condition, self.catalogue)
        found = self.decided[guard.number]
        return None if found is None else found == guard.wanted

    def acting(self, inner: Inner, actions: tuple[act.Action, ...]) -> tuple[act.Action, ...]:
        """Without what is done already; an error ends the block that catches it.

        Where nobody catches it, the author knows of something that no migration tells.
        """
        done = [each for each in actions if idle(self.catalogue, each)]
        caught = next((each for each in inner.guards if each.steering is Steering.CAUGHT), None)
        if caught and any(map(fails, done)):
            self.ended.add(caught.number)
            return ()
        return tuple(each for each in actions if each not in done or fails(each))
