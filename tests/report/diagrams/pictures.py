"""What every picture has to be, read back as XML."""

import re
import xml.etree.ElementTree as ElementTree

from hypothesis import strategies as st

SVG = "{http://www.w3.org/2000/svg}"
KNOWN = {
    *("svg", "g", "title", "desc", "style", "defs", "pattern"),
    *("rect", "line", "text", "tspan", "path", "circle"),
}
NAMES = st.text(st.characters(exclude_categories=[]), max_size=60)
ATTACKS = (
    "</text><script>alert(1)</script>",
    '" onload="alert(1)',
    "]]><!--",
    "\ufffe\uffff",
    "\x00",
    "\u202e",
    "\ud800",
    "url(https://example.com)",
    "",
)


def parsed(svg: str) -> ElementTree.Element:
    """The picture, after what must be true of any was looked at."""
    root = ElementTree.fromstring(svg)
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= KNOWN
    names = {name for each in root.iter() for name in each.attrib}
    assert not [name for name in names if name.startswith("on") or "href" in name]
    assert len(root.findall(f".//{SVG}style")) == 1
    _is_labelled(root)
    _needs_nothing_from_elsewhere(root)
    _stays_inside(root)
    return root


def texts(svg: str) -> list[str]:
    """Everything that is written in it."""
    return ["".join(_said(each)) for each in parsed(svg).iter(f"{SVG}text")]


def _said(element: ElementTree.Element) -> list[str]:
    """Its text without what a title says."""
    found = [element.text or ""]
    for child in element:
        found += [] if child.tag == f"{SVG}title" else _said(child)
        found.append(child.tail or "")
    return found


def _is_labelled(root: ElementTree.Element) -> None:
    assert root.attrib["role"] == "img"
    for label, tag in (("aria-labelledby", "title"), ("aria-describedby", "desc")):
        found = [each for each in root if each.attrib.get("id") == root.attrib[label]]
        assert [each.tag for each in found] == [f"{SVG}{tag}"]
        assert found[0].text


def _needs_nothing_from_elsewhere(root: ElementTree.Element) -> None:
    style = root.find(f"{SVG}style")
    assert style is not None
    assert "@import" not in (style.text or "")
    for each in root.iter():
        for name, value in each.attrib.items():
            assert not re.search(r"url\((?!#)", value), (name, value)
    assert not re.search(r"url\((?!#)", style.text or "")


def _stays_inside(root: ElementTree.Element) -> None:
    """Rectangles that are not inside of a group which is moved."""
    width, height = (float(each) for each in root.attrib["viewBox"].split()[2:])
    for each in root.findall(f"{SVG}rect"):
        left, top = float(each.attrib.get("x", 0)), float(each.attrib.get("y", 0))
        assert 0 <= left <= left + float(each.attrib["width"]) <= width + 0.11
        assert 0 <= top <= top + float(each.attrib["height"]) <= height + 0.11
