"""Text from a repository made harmless for the sink it goes to: Markdown, HTML, a workflow command.

Every function shows control and invisible characters by their number, because what cannot be seen
cannot be reviewed.
"""

import html as _html
import re
import unicodedata

# GitHub's word for nothing: it breaks its automatic links, mentions and emoji, and shows nowhere.
_BREAK = "\u200b"

_REPEATED_BACKTICK = re.compile(r"`+")
# Letters of other alphabets are no part of a word to GitHub, which finds a commit behind them, and
# an address behind any letter.
_SHA = re.compile(r"(?<![0-9A-Za-z_])[0-9a-fA-F]{7,40}(?![0-9A-Za-z_])")
_AUTOLINKS = (
    (re.compile(r"@(?=[\w-])"), f"@{_BREAK}"),
    (re.compile(r"#(?=\d)"), f"#{_BREAK}"),
    (re.compile(r"(?i)(GH-)(?=\d)"), rf"\1{_BREAK}"),
    (re.compile(r"(?i)(https?|ftp|mailto|xmpp):"), rf"\1:{_BREAK}"),
    (re.compile(r"(?i)(www)\."), rf"\1{_BREAK}."),
    (re.compile(r":(?=[\w+-]+:)"), f":{_BREAK}"),
)
_MARKUP = re.compile(r"[\\`*\[\]~|]|(?<![^\W_])_|_(?![^\W_])")
_LINE_START = re.compile(r"^(\d{1,9}(?=[.)])|(?=[#+=-]))")


def visible(text: str) -> str:
    """Line ends as LF, tabs kept, every other control or invisible character as ⟦U+202E⟧."""
    lines = text.replace("\r\n", "\n")
    if lines.replace("\n", "").replace("\t", "").isprintable():
        return lines
    return "".join(each if _plain(each) else f"⟦U+{ord(each):04X}⟧" for each in lines)


def _plain(character: str) -> bool:
    if character in "\n\t":
        return True
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def one_line(text: str) -> str:
    return " ".join(visible(text).split())


def inline(text: str) -> str:
    """Running text for Markdown: shown as written, never markup, link, mention or emoji."""
    marked = _MARKUP.sub(r"\\\g<0>", _unlinked(one_line(text)))
    return _entities(_LINE_START.sub(r"\1\\", marked))


def prose(text: str) -> str:
    """As `inline`, with what stands between single backticks shown as code."""
    pieces = one_line(text).split("`")
    # Two of them side by side are no code, and would join what is made harmless apart.
    if len(pieces) % 2 == 0 or "" in pieces[1:-1]:
        return inline(text)
    shown = [
        (code(each) if place % 2 else _spaced(each)) if each else ""
        for place, each in enumerate(pieces)
    ]
    return "".join(shown).strip()


def _spaced(text: str) -> str:
    """As `inline`, keeping the blanks beside a neighbouring piece of code."""
    left = " " if text[:1].isspace() else ""
    right = " " if text[-1:].isspace() and text.strip() else ""
    return f"{left}{inline(text)}{right}"


def code(text: str) -> str:
    """Inline code for Markdown, in a table cell too."""
    line = one_line(text)
    if not line:
        return ""
    if set(line) & set("`|\\"):
        return f"<code>{_MARKUP.sub(_numbered, _entities(_unlinked(line)))}</code>"
    return f"`{line}`"


def fence(text: str, language: str = "") -> str:
    """A code block whose fence is longer than any run of backticks in it."""
    lines = visible(text).strip("\n")
    longest = max((len(run) for run in _REPEATED_BACKTICK.findall(lines)), default=0)
    marks = "`" * max(3, longest + 1)
    return f"{marks}{language}\n{lines}\n{marks}"


def html(text: str) -> str:
    """Running text inside HTML tags of a Markdown document."""
    return _MARKUP.sub(_numbered, _entities(_unlinked(one_line(text)))).replace('"', "&quot;")


def link_target(url: str) -> str:
    """A URL made of our own parts for `(…)` of a Markdown link."""
    return re.sub(r"[^A-Za-z0-9:/?#@!$&+,;=%._~-]", _percent, visible(url))


def comment_safe(json_text: str) -> str:
    """JSON in ASCII, with nothing in it that could end or nest an HTML comment."""
    escaped = re.sub(r"[<>&`]", lambda match: f"\\u{ord(match[0]):04x}", json_text)
    return re.sub(r"(?<=-)-", r"\\u002d", escaped)


def command_data(text: str) -> str:
    """The message of a workflow command."""
    shown = visible(text)
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def command_property(text: str) -> str:
    """A property of a workflow command."""
    return command_data(one_line(text)).replace(":", "%3A").replace(",", "%2C")


def _unlinked(text: str) -> str:
    for pattern, replacement in _AUTOLINKS:
        text = pattern.sub(replacement, text)
    return _SHA.sub(lambda match: _BREAK.join(re.findall(".{1,6}", match[0])), text)


def _entities(text: str) -> str:
    escaped = _html.escape(text, quote=False).replace("$", "<span>$</span>")
    return escaped.replace(_BREAK, "&#8203;")


def _numbered(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())
