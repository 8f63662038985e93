"""Pages taken apart: elements, addresses and text, and what is not as HTML wants it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

EMPTY = {"meta", "link", "br", "input", "hr", "img"}
Attributes = dict[str, str]


@dataclass
class Page(HTMLParser):
    """`faults` are elements that end where they did not begin."""

    source: str
    elements: list[tuple[str, Attributes]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.source)
        self.close()
        self.faults += [f"<{each}> does not end" for each in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> where it did not begin")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    @property
    def ids(self) -> list[str]:
        return [each["id"] for _, each in self.elements if "id" in each]

    @property
    def links(self) -> list[str]:
        return [each["href"] for tag, each in self.elements if tag == "a"]

    def tags(self, name: str) -> list[Attributes]:
        return [each for tag, each in self.elements if tag == name]
