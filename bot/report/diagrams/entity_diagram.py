"""A schema as an entity diagram: tables, enums, foreign keys with crow's feet, and what changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.core.schemas.entities import Entities
from bot.core.schemas.touched import Reference
from bot.report.diagrams import entity_boxes as boxes
from bot.report.diagrams.changes import SIGNS, tinted
from bot.report.diagrams.entity_boxes import HEAD, ROW, Card, enum_card, table_card
from bot.report.diagrams.entity_text import described, reference_words
from bot.report.diagrams.layout.layout import laid_out
from bot.report.diagrams.layout.values import Box, Layout, Net, Place, Point, Port
from bot.report.diagrams.legend import legend
from bot.report.diagrams.svg import document, number, path, rect, safe, say

# From so many tables on only keys and what differs are shown of each.
_MANY = 25
_MOST_TABLES, _MOST_ENUMS = 150, 40
_LEAST_SCALE = 0.75
# What lines need of a picture that is one column wide.
_BESIDE = 110.0
_BEND = 6.0


def entity_diagram(
    schema: Entities, *, whole: bool | None = None, width: int = 1400, title: str = "Schema"
) -> str:
    """What changed and what it is connected with; with `whole`, and where nothing changed, all of
    it. `width` is what it should have at most: 360 for a phone."""
    everything = whole if whole is not None else not schema.changed
    shown = schema if everything else schema.beside()
    kept = _limited(shown)
    left = len(shown.tables) - len(kept.tables) + len(shown.enums) - len(kept.enums)
    cards = _cards(kept, width)
    ports = _Ports({each.key: each for each in cards}, kept.references)
    layout = laid_out(
        [Box(each.key, each.width, each.height) for each in cards], ports.nets, width=width
    )
    marks, tall = legend(kept, layout.width, layout.height, left)
    return document(
        kind="entities",
        title=title,
        described=described(shown),
        width=layout.width,
        height=layout.height + tall,
        least=_LEAST_SCALE if width > 500 else 0.9,
        parts=[*_edges(ports, layout), *_boxes(cards, layout.places), *marks],
    )


def _limited(schema: Entities) -> Entities:
    """What was touched comes first where there is no room for all."""
    if len(schema.tables) <= _MOST_TABLES and len(schema.enums) <= _MOST_ENUMS:
        return schema
    tables = sorted(schema.tables, key=lambda each: not each.touched)[:_MOST_TABLES]
    enums = sorted(schema.enums, key=lambda each: not each.touched)[:_MOST_ENUMS]
    names, kinds = {each.identity for each in tables}, {each.identity for each in enums}
    return Entities(
        tuple(each for each in schema.tables if each.identity in names),
        tuple(each for each in schema.references if {each.table, each.to} <= names),
        tuple(each for each in schema.enums if each.identity in kinds),
    )


def _cards(schema: Entities, width: float) -> list[Card]:
    many, changed = len(schema.tables) > _MANY, schema.changed
    most = width - _BESIDE
    cards = [
        table_card(each, brief=many or (changed and not each.touched), most=most)
        for each in schema.tables
    ]
    return cards + [enum_card(each, brief=many, most=most) for each in schema.enums]


@dataclass(frozen=True)
class _End:
    """How a net looks, and the foreign keys that it is made of, in the order of its leaves."""

    change: str
    optional: bool
    references: tuple[Reference, ...]


class _Ports:
    """Foreign keys as nets: those to the same table share their way, as far as they look alike."""

    def __init__(self, cards: Mapping[str, Card], references: Iterable[Reference]) -> None:
        self._cards = cards
        self._used: dict[tuple[str, float], int] = {}
        grouped: dict[tuple[str, bool, str], list[Reference]] = {}
        for each in references:
            if {f"t:{each.table}", f"t:{each.to}"} <= cards.keys():
                grouped.setdefault((each.to, each.optional, each.change), []).append(each)
        roots: dict[str, int] = {}
        for to, _, _ in grouped:
            roots[to] = roots.get(to, 0) + 1
        self.ends: dict[str, _End] = {}
        nets = []
        seen: dict[str, int] = {}
        for place, ((to, optional, change), members) in enumerate(grouped.items()):
            at = seen[to] = seen.get(to, -1) + 1
            apart = min(10.0, (HEAD - 10) / max(roots[to] - 1, 1))
            y = HEAD / 2 + (at - (roots[to] - 1) / 2) * apart
            key = f"n{place}"
            leaves = tuple(self._leaf(each) for each in members)
            nets.append(Net(key, Port(f"t:{to}", y), leaves))
            self.ends[key] = _End(change, optional, tuple(members))
        self.nets: Sequence[Net] = tuple(nets)

    def _leaf(self, reference: Reference) -> Port:
        """The row of one of its columns that no other foreign key begins at, if there is one."""
        key = f"t:{reference.table}"
        card = self._cards[key]
        rows = [each for e in reference.columns if (each := card.row_of(e)) is not None]
        ys = [HEAD + ROW * (each + 0.5) for each in rows] or [HEAD + ROW / 2]
        y = min(ys, key=lambda each: self._used.get((key, each), 0))
        times = self._used[key, y] = self._used.get((key, y), 0) + 1
        return Port(key, y + (0, 5, -5)[(times - 1) % 3])


def _edges(ports: _Ports, layout: Layout) -> Iterator[str]:
    """What changed lies above what did not."""
    for net in sorted(ports.nets, key=lambda each: bool(ports.ends[each.key].change)):
        end = ports.ends[net.key]
        lines = layout.lines[net.key]
        change = f" {end.change}" if end.change else ""
        yield '<g class="net">'
        for reference, line in zip(end.references, lines, strict=True):
            yield (
                f'<path class="edge{change}" d="{_rounded(line)}">'
                f"<title>{safe(reference_words(reference))}</title></path>"
            )
        for sign, first, second in sorted({(_side(e), *e[0]) for e in lines}):
            yield from _one(first, second, sign, end, change)
        for reference, line in zip(end.references, lines, strict=True):
            yield from _many(line[-1], _side(line[::-1]), reference, change)
        yield "</g>"


def _side(line: Sequence[Point]) -> int:
    """Whether a line leaves to the right, 1, or to the left."""
    return 1 if line[1][0] > line[0][0] else -1


def _one(x: float, y: float, sign: int, end: _End, change: str) -> Iterator[str]:
    """The end at what is referred to: exactly one, or one or none."""
    tick = f"M{number(x + 6 * sign)} {number(y - 4.5)}v9"
    if end.optional:
        yield path(tick, f"end{change}")
        yield _ring(x + 12.5 * sign, y, change)
    else:
        yield path(f"{tick}M{number(x + 10 * sign)} {number(y - 4.5)}v9", f"end{change}")


def _many(point: Point, sign: int, reference: Reference, change: str) -> Iterator[str]:
    """The end at what refers: any number, or none or one."""
    x, y = point
    if reference.single:
        yield path(f"M{number(x + 6 * sign)} {number(y - 4.5)}v9", f"end{change}")
        yield _ring(x + 12.5 * sign, y, change)
    else:
        tip = f"{number(x + 10 * sign)} {number(y)}"
        foot = f"M{number(x)} {number(y - 5)}L{tip}L{number(x)} {number(y + 5)}"
        yield path(foot, f"end{change}")
        yield _ring(x + 13.5 * sign, y, change)


def _ring(x: float, y: float, change: str) -> str:
    return f'<circle class="ring{change}" cx="{number(x)}" cy="{number(y)}" r="3.2"/>'


def _rounded(line: Sequence[Point]) -> str:
    """The corners of a line, each cut short by a curve."""
    said = [f"M{number(line[0][0])} {number(line[0][1])}"]
    for place in range(1, len(line) - 1):
        (a, b), (x, y), (c, d) = line[place - 1 : place + 2]
        before, after = abs(x - a) + abs(y - b), abs(c - x) + abs(d - y)
        bend = min(_BEND, before / 2, after / 2)
        start = (x + _toward(a - x) * bend, y + _toward(b - y) * bend)
        end = (x + _toward(c - x) * bend, y + _toward(d - y) * bend)
        said.append(f"L{number(start[0])} {number(start[1])}")
        said.append(f"Q{number(x)} {number(y)} {number(end[0])} {number(end[1])}")
    said.append(f"L{number(line[-1][0])} {number(line[-1][1])}")
    return "".join(said)


def _toward(way: float) -> int:
    return (way > 0) - (way < 0)


def _boxes(cards: Iterable[Card], places: Mapping[str, Place]) -> Iterator[str]:
    for card in cards:
        place = places[card.key]
        yield f'<g transform="translate({number(place.x)} {number(place.y)})">'
        yield from _box(boxes.widened(card, place.width))
        yield "</g>"


def _box(card: Card) -> Iterator[str]:
    width = card.width
    yield rect(0, 0, width, card.height, "paper", round_=6)
    yield _head(width, tinted(card.change) or "bar", bare=not card.rows)
    name = boxes.fitted_name(card)
    if card.change:
        yield say(7, 20, SIGNS[card.change], f"sign {card.change}")
    style = "name struck" if card.change == "removed" else "name"
    yield say(boxes.SIGN + 2, 20, name, style, whole=card.name)
    if card.note:
        yield say(width - 8, 20, card.note, "note")
    for place, (row, shown, kind) in enumerate(boxes.fitted_rows(card)):
        yield from _row(card, row, shown, kind, HEAD + ROW * place)
    outline = f"box {card.change}" if card.change else "box"
    yield (
        f'<rect class="{outline}" fill-opacity="0" '
        f'width="{number(width)}" height="{number(card.height)}" rx="6"/>'
    )


def _head(width: float, style: str, *, bare: bool) -> str:
    if bare:
        return rect(0, 0, width, HEAD, style, round_=6)
    w = number(width)
    return path(
        f"M0 {number(HEAD)}V6Q0 0 6 0H{number(width - 6)}Q{w} 0 {w} 6V{number(HEAD)}Z", style
    )


def _row(card: Card, row: boxes.Row, shown: str, kind: str, y: float) -> Iterator[str]:
    own = row.change if row.change != card.change or card.change == "changed" else ""
    if own:
        yield rect(1, y, card.width - 2, ROW, tinted(own))
    if row.change:
        yield say(7, y + 14, SIGNS[row.change], f"sign {row.change}")
    if row.column is None:
        yield say(boxes.SIGN + 2, y + 14, shown, "small quiet")
        return
    if row.keys:
        yield say(boxes.SIGN + 2, y + 13.5, row.keys, "keys")
    style = "column struck" if row.change == "removed" else "column"
    yield say(boxes.SIGN + 2 + card.keys, y + 14, shown, style, whole=row.name)
    if kind:
        yield say(card.width - 8, y + 14, kind, "type", whole=row.type)
