"""Text that wants to be more than text, made at random from a seed: the same for everybody."""

from random import Random

# Whatever could end, begin or mean something in Markdown, HTML, GitHub's own syntax or a diagram.
PIECES = (
    *("`", "``", "```", "````", "~~~", "\n```\n", "\n~~~\n", "\n````sql\n", "\\", "\\`", "$$", "$x$"),
    *("<", ">", "&", "</details>", "<details open>", "<summary>", "</summary>", "<script>x</script>"),
    *("<img src=x onerror=y>", "<a href='https://evil.example'>x</a>", "<h1>big</h1>", "<!--", "-->"),
    *("<!-- migration-bot v1 {} -->", "<table>", "<svg/onload=x>", "&lt;b&gt;", "&#64;octocat", "<b>"),
    *("@octocat", "@acme/dba", "#1", "GH-1", "acme/shop#2", "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"),
    *("https://evil.example/a_b", "http://evil.example", "www.evil.example", "ftp://evil.example"),
    *("mailto:a@evil.example", "a@evil.example", "xmpp:a@evil.example", "<https://evil.example>"),
    *("[x](https://evil.example)", "![x](https://evil.example/p.png)", "[x][1]", "\n[1]: https://e.v\n"),
    *("[^1]", "\n[^1]: note\n", "[ ]", "\n- [x] done\n", "](", "](javascript:x)", "[", "]", "(", ")"),
    *("|", "||", "\n|a|b|\n|--|--|\n", "\n# heading\n", "\n## Approved\n", "\n===\n", "\n---\n", "***"),
    *("*", "**", "_", "__", "~~", "\n> quote\n", "\n1. one\n", "\n- item\n", "\n\n    code\n\n", "\t"),
    *(":shipit:", ":+1:", "::error::x", "\n::set-output name=a::b\n", "%%{init: {}}%%", "{{ 7 * 7 }}"),
    *('"', "'", ";", "{", "}", "--", "/*", "*/", "%", "%0A", "\r", "\r\n", "\x00", "\x1b[31m", "\u202e"),
    *("\u200b", "\ufeff", "\u2028", "é", "表", "🚀", "ſ", "ǅ", "K", "a", "orders", "SELECT 1", " ", "  "),
)


def hostile_text(random: Random, most: int = 12) -> str:
    return "".join(random.choices(PIECES, k=random.randint(1, most)))
