"""The texts of a transaction, a file's own and those that keep rows around them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.kept.kept import Keep, Woven
from bot.core.migrations.statement import Statement
from bot.core.rollouts.doing import Heard


@dataclass
class Weave:
    """`texts` are what is run. Of each it is known which statement it is or is for, by its place,
    and which loss it keeps; the file's own keep none."""

    texts: list[str] = field(default_factory=list)
    _statements: list[int] = field(default_factory=list)
    _keeps: list[Keep | None] = field(default_factory=list)
    _own: dict[int, int] = field(default_factory=dict)
    _changed: dict[int, Keep] = field(default_factory=dict)

    def add(self, text: str, statement: int, keep: Keep | None = None) -> None:
        self.texts.append(text)
        self._statements.append(statement)
        self._keeps.append(keep)

    def add_own(self, text: str, statement: int, instead_for: Keep | None = None) -> None:
        """A statement of the file; `instead_for` is what it is limited for, if it is."""
        self._own[len(self.texts)] = statement
        if instead_for is not None:
            self._changed[len(self.texts)] = instead_for
        self.add(text, statement)

    def heard(self, heard: Heard) -> Heard:
        """Tells of the file's statements only, with the time that keeping took them."""
        waited = [0.0]

        def listen(place: int, seconds: float, rows: int) -> None:
            waited[0] += seconds
            if place in self._own:
                heard(self._own[place], waited[0], rows)
                waited[0] = 0.0

        return listen

    def lifting(self, places: Collection[int]) -> frozenset[int]:
        """The same statements, by their places among the texts."""
        return frozenset(place for place, each in self._own.items() if each in places)

    def statement_at(self, position: int) -> int:
        """The place of the statement that a text is for; as far behind the last as it is."""
        if position < len(self._statements):
            return self._statements[position]
        return len(self._own) + position - len(self.texts)

    def keep_at(self, position: int) -> Keep | None:
        """What a text is there to keep; None for the file's own."""
        return self._keeps[position] if position < len(self._keeps) else None

    def limited_at(self, position: int) -> Keep | None:
        """What a statement of the file is limited for."""
        return self._changed.get(position)


def weave(
    statements: Sequence[Statement],
    first: Sequence[str],
    kept: Mapping[int, Sequence[tuple[Keep, Woven]]],
) -> Weave:
    """`kept` is what goes around a statement, by its index; `first` what comes before the first of
    them."""
    woven, begun = Weave(), False
    for place, statement in enumerate(statements):
        around = kept.get(statement.index, ())
        for keep, texts in around:
            for text in (*(() if begun else first), *texts.before):
                woven.add(text, place, keep)
            begun = True
        limited = [(keep, each.instead) for keep, each in around if each.instead is not None]
        if limited:
            keep, instead = limited[0]
            woven.add_own(instead, place, keep)
        else:
            woven.add_own(statement.sql, place)
        for keep, texts in around:
            for text in texts.after:
                woven.add(text, place, keep)
    return woven
