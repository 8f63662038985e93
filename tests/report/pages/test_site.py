"""The pages as a whole: what every one of them keeps to, whatever the board holds."""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import PurePosixPath
from posixpath import normpath

import pytest

from bot.core.board.board import Board
from bot.core.board.schema import SchemaBoard
from bot.core.board.unread import Unread
from bot.core.findings.review import JudgedMigration, Review
from bot.core.migrations.migration import Migration
from bot.core.rollouts.audit import Sealed
from bot.core.rollouts.status import TargetStatus
from bot.core.targets.target import Kind
from bot.report.pages.site import site
from docs.pictures.board import history, judged, sample_board
from tests.report.pages.boards import (
    AFTER,
    HOSTILE,
    big_board,
    board,
    drawn_board,
    drawn_pages,
    pages_of,
    poisoned,
    sample_pages,
)
from tests.report.pages.reading import Page

NAMES = sorted(name for name in sample_pages() if name.endswith(".html"))
BOTH = [
    pytest.param(given, id=id) for id, given in (("plain", sample_pages), ("drawn", drawn_pages))
]
INDEX = "20261122101500_index_verifier_country"
_CLASSES = re.compile(r'class="([^"]*)"')
OURS = {"h1", "h2", "h3", "h4", "img", "script", "style", "iframe", "object", "form", "base"}


def html_of(given: dict[str, str]) -> dict[str, Page]:
    return {name: Page(text) for name, text in given.items() if name.endswith(".html")}


@pytest.mark.parametrize("given", BOTH)
@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_whole_has_one_title_and_no_id_twice(
    name: str, given: Callable[[], Mapping[str, str]]
) -> None:
    page = Page(given()[name])
    assert page.faults == []
    assert len(page.tags("h1")) == 1
    assert len(page.ids) == len(set(page.ids))
    assert page.tags("html") == [{"lang": "en"}]


@pytest.mark.parametrize("given", BOTH)
@pytest.mark.parametrize("name", NAMES)
def test_a_page_may_load_nothing_but_what_lies_beside_it(
    name: str, given: Callable[[], Mapping[str, str]]
) -> None:
    page = Page(given()[name])
    (policy,) = (e["content"] for e in page.tags("meta") if "http-equiv" in e)
    assert policy.startswith("default-src 'none'; script-src 'self' file:; style-src 'self' file:")
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "http" not in policy
    loaded = [e.get("src", "") for e in page.tags("script")]
    loaded += [e["href"] for e in page.tags("link") if e["rel"] != "icon"]
    assert loaded
    assert [each for each in loaded if ":" in each or each.startswith("/")] == []
    assert page.tags("img") == []
    assert {tag for tag, attributes in page.elements if "style" in attributes} <= {"svg"}


@pytest.mark.parametrize("given", BOTH)
def test_every_link_leads_somewhere(given: Callable[[], Mapping[str, str]]) -> None:
    pages = html_of(dict(given()))
    ids = {name: set(page.ids) for name, page in pages.items()}
    lost = []
    for name, page in pages.items():
        for link in page.links:
            if link.startswith("https://"):
                continue
            path, _, anchor = link.partition("#")
            goal = normpath(str(PurePosixPath(name).parent / path)) if path else name
            if goal not in given() or (anchor and anchor not in ids[goal]):
                lost.append((name, link))
    assert lost == []


def test_production_comes_first_and_says_what_to_do() -> None:
    page = Page(sample_pages()["index.html"])
    assert [e["id"] for e in page.tags("section") if "target" in e.get("class", "")] == [
        "target-production",
        "target-tenants",
        "target-staging",
        "target-development",
    ]
    said = page.text
    assert "2 migrations to apply, on hold: approval" in said
    assert "Ask one of @acme/dba to approve the last commit." in said
    assert said.index("on hold: approval") < said.index("has every migration")


def test_what_is_not_known_is_said_with_the_reason() -> None:
    text = Page(sample_pages()["index.html"]).text
    assert "What these pages do not know" in text
    assert "reviews and deployments on GitHub, by which gates are told : no GitHub token" in text
    assert "the drift of production : nobody asked for it" in text


def test_a_migration_s_page_has_all_there_is_to_say() -> None:
    page = Page(sample_pages()[f"migrations/{INDEX}.html"])
    text = page.text
    for said in (
        "index verifier country",
        f"prisma/migrations/{INDEX}/migration.sql",
        "Where it stands",
        "Building verifications_verifier_country_idx blocks all writes to verifications",
        'CREATE INDEX CONCURRENTLY "verifications_verifier_country_idx"',
        "ShareLock on verifications",
        "It was not rehearsed for these pages",
        "Plan, approvals and backups",
        "staging, 2026-11-23 11:29 UTC : applied; approved by grace, maria; without a backup",
        "1 of 2 for risk HIGH",
        "applied by ada",
        "not proved",
    ):
        assert said in text
    assert "L2" in page.ids
    assert any(each.startswith("f-") for each in page.ids)


def test_sql_is_shown_as_it_is() -> None:
    sql = next(each.sql for each in history() if each.name == INDEX)
    found = re.findall(
        r'id="L\d+"><a [^>]*>\d+</a>(.*)', sample_pages()[f"migrations/{INDEX}.html"]
    )
    assert ["".join(Page(each).texts) for each in found] == sql.rstrip("\n").split("\n")


@pytest.fixture(scope="module")
def hostile() -> dict[str, str]:
    return pages_of(poisoned(drawn_board()))


def test_hostile_text_never_becomes_markup(hostile: dict[str, str]) -> None:
    pages = html_of(hostile)
    assert len(pages) == len(NAMES)
    for name, page in pages.items():
        assert page.faults == [], name
        assert page.tags("img") == []
        assert len(page.tags("script")) == 1
        assert [a for _, a in page.elements if any(key.startswith("on") for key in a)] == []
        assert HOSTILE[:20] in page.text or "7*7" in page.text, name


def test_hostile_text_never_turns_the_direction_nor_hides(hostile: dict[str, str]) -> None:
    assert [name for name, text in hostile.items() if "\u202e" in text] == []
    assert all("⟦U+202E⟧" in text for name, text in hostile.items() if name.endswith(".html"))


def test_hostile_names_become_addresses_that_are_none_but_files(hostile: dict[str, str]) -> None:
    for name in hostile:
        assert re.fullmatch(r"[a-z0-9_./-]+", name), name
    addresses = [link for page in html_of(hostile).values() for link in page.links]
    assert [e for e in addresses if not re.fullmatch(r"(https://github\.com/)?[\w./#%-]*", e)] == []


def test_what_the_search_knows_ends_no_script(hostile: dict[str, str]) -> None:
    script = hostile["assets/search.js"]
    assert "</script" not in script
    assert "<" not in script
    assert script.count("\n") == 1


def test_an_address_in_a_record_is_followed_only_if_it_is_one() -> None:
    given = board()
    production = next(each for each in given.targets if each.name == "production")
    record = dict(production.records[0].record)
    record["trigger"] = {"login": "eve", "run": "javascript:alert(1)"}
    changed = replace(production, records=(Sealed(record),), url="data:text/html,x")
    pages = pages_of(replace(given, targets=(changed,)))
    assert "javascript:" not in pages["rollouts.html"]
    assert "data:text/html" not in pages["index.html"]
    assert "not signed" in Page(pages["rollouts.html"]).text


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"id": 3, "at": "yesterday", "outcome": [], "migrations": {"a": 1}, "approvals": "all"},
        {"at": "2026-11-23T10:00:00", "migrations": [3, {"milliseconds": "long"}, {"name": None}]},
        {"outcome": {"milliseconds": -1, "state": None}, "migrations": [{"milliseconds": 1e400}]},
    ],
)
def test_a_record_that_is_none_is_shown_as_far_as_it_goes(record: dict[str, object]) -> None:
    given = board()
    production = next(each for each in given.targets if each.name == "production")
    changed = replace(production, records=(Sealed(record),))
    pages = pages_of(replace(given, targets=(changed,)))
    assert Page(pages["rollouts.html"]).faults == []
    assert "at a time that cannot be read" in pages["rollouts.html"]


def test_secrets_are_struck_out_of_everything() -> None:
    secret = "c4nary-Pa55word"
    given = board()
    first = given.review.migrations[0]
    sql = f"-- {secret}\nSELECT '{secret}', \"{secret}\";"
    told = replace(first, migration=replace(first.migration, sql=sql))
    changed = replace(
        given,
        review=replace(given.review, migrations=(told, *given.review.migrations[1:])),
        migrations=(told, *given.migrations[1:]),
        unread=(Unread("x", f"connection to {secret} refused"),),
        project=secret,
    )
    written = dict(site([changed], lambda text: text.replace(secret, "[redacted]")))
    assert [name for name, text in written.items() if secret in text] == []
    assert "[redacted]" in written[f"migrations/{first.migration.name}.html"]


def test_an_empty_history_without_a_target_is_a_site_too() -> None:
    given = board()
    empty = Board(given.at, "0.1.0", "shop", "prisma/migrations", Review("18"))
    pages = html_of(pages_of(empty))
    assert "There is no migration in prisma/migrations yet" in pages["index.html"].text
    assert all(page.faults == [] for page in pages.values())


def test_targets_that_were_not_reached_leave_the_history() -> None:
    given = board()
    status = TargetStatus(
        "production", Kind.PRODUCTION, problem="PRODUCTION_DATABASE_URL is not set", unset=True
    )
    target = replace(given.targets[0], status=status)
    pages = html_of(pages_of(replace(given, targets=(target,))))
    assert "was not asked: PRODUCTION_DATABASE_URL is not set" in pages["index.html"].text
    assert "index verifier country" in pages["index.html"].text
    assert "not known" in pages["index.html"].text


def test_several_databases_have_a_folder_each() -> None:
    given = board()
    pages = pages_of(replace(given, database="shop"), replace(given, database="Ledger & co"))
    assert {name.partition("/")[0] for name in pages} >= {"assets", "shop", "index.html"}
    first = Page(pages["index.html"])
    assert "shop/index.html" in first.links
    assert all(link in pages for link in first.links if link.endswith("/index.html"))
    assert '"../assets/site.css"' in pages["shop/index.html"]
    assert '"../../assets/site.css"' in pages[f"shop/migrations/{INDEX}.html"]
    assert '"../../index.html"' in pages[f"shop/migrations/{INDEX}.html"]


def test_a_migration_that_only_a_target_has_is_there() -> None:
    given = board()
    kept = given.review.migrations[:-1]
    gone = given.review.migrations[-1].migration.name
    changed = replace(given, review=replace(given.review, migrations=kept), migrations=kept)
    production = changed.targets[1]
    assert gone in production.states
    pages = pages_of(changed)
    assert "its folder is not in this history" in pages[f"migrations/{gone}.html"]


def test_a_file_of_a_megabyte_and_lines_of_ten_thousand_characters_are_cut_and_said() -> None:
    long = "SELECT '" + "<&>" * 3400 + "';\n"
    sql = long * 100 + "1,1,1,1,1,\n" * 40_000
    migration = Migration("20270101000000_huge", "prisma/migrations/x/migration.sql", sql)
    told = JudgedMigration(migration)
    review = Review("18", migrations=(told,))
    given = replace(board(), review=review, migrations=(told,), targets=())
    page = pages_of(given)["migrations/20270101000000_huge.html"]
    assert len(page.encode()) < 1_000_000
    assert "more lines not shown here" in page


@pytest.mark.slow
def test_a_thousand_migrations_make_light_pages() -> None:
    pages = pages_of(big_board())
    assert len(pages) > 1000
    assert max(len(text.encode()) for text in pages.values()) < 1_000_000
    first = Page(pages["index.html"])
    assert len(pages["index.html"].encode()) < 100_000
    assert len(first.elements) < 1500
    assert "../migrations/page-2.html" in Page(pages["migrations/index.html"]).links


def test_a_baseline_is_said_not_to_be_judged() -> None:
    given = sample_board(judged(history()[3:]))
    base = tuple(JudgedMigration(each) for each in history()[:3])
    changed = replace(given, migrations=(*base, *given.migrations))
    page = Page(pages_of(changed)[f"migrations/{base[0].migration.name}.html"])
    assert "It is part of the baseline" in page.text
    assert "baseline, not judged" in page.text


def test_pictures_are_there_for_a_wide_and_a_narrow_screen_and_in_words() -> None:
    pages = html_of(dict(drawn_pages()))
    for name, number in (("schema.html", 2), ("rollouts.html", 2), (f"migrations/{INDEX}.html", 2)):
        pictures = [e for e in pages[name].tags("svg") if e.get("role") == "img"]
        assert len(pictures) == number, name
        assert all(e["aria-labelledby"] and e["aria-describedby"] for e in pictures)
        assert "The same in words" in pages[name].text
    assert "+ added" in pages["schema.html"].text


def test_a_page_allows_the_styles_of_its_own_pictures_and_no_others() -> None:
    for name, text in drawn_pages().items():
        if not name.endswith(".html"):
            continue
        wanted = set(re.findall(r"<style>(.*?)</style>", text, re.DOTALL))
        wanted |= set(re.findall(r'<svg [^>]*style="([^"]*)"', text))
        hashes = {
            f"'sha256-{b64encode(sha256(each.encode()).digest()).decode()}'" for each in wanted
        }
        (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
        said = set(re.findall(r"'sha256-[^']*'", policy.replace("&#39;", "'")))
        assert said == hashes, name


def test_no_style_of_the_pages_reaches_into_a_picture() -> None:
    """Words in a picture were hidden on phones once, since a hint on the page was called alike."""
    pages = drawn_pages()
    pictures = re.findall(r'<svg [^>]*role="img".*?</svg>', "".join(pages.values()), re.DOTALL)
    named = {name for each in pictures for name in " ".join(_CLASSES.findall(each)).split()}
    styles = re.sub(r"@media [^{]*", "", pages["assets/site.css"])
    bare = set(re.findall(r"(?:^|[{},])\s*\.([\w-]+)(?:::?[\w-]+)?\s*(?=[,{])", styles))
    assert {"keys", "rule", "name"} <= named
    assert {"hints", "finding", "wide"} <= bare
    assert named & bare == set()


def test_what_was_allowed_is_folded_with_its_reason() -> None:
    page = sample_pages()["findings.html"]
    fold = page[page.index("findings allowed, with a reason") :]
    assert "Allowed: " in fold[: fold.index("</details>")]
    assert "Allowed: " not in page[: page.index("<summary>")]


def test_a_column_that_may_be_empty_says_so() -> None:
    empty = (("type", "text"), ("not null", False), ("position", 2))
    schema = SchemaBoard(after={**AFTER, ("column", "public.users.nick"): empty})
    rows = re.findall(r"<tr.*?</tr>", pages_of(replace(board(), schema=schema))["schema.html"])
    (nick,) = [each for each in rows if ">nick<" in each]
    (id_,) = [each for each in rows if ">id<" in each]
    assert ("or NULL" in nick, "or NULL" in id_, "primary" in id_) == (True, False, True)


def test_a_picture_with_a_secret_in_it_is_left_out() -> None:
    written = dict(site([drawn_board()], lambda text: text.replace("verifications", "[redacted]")))
    assert "<svg xmlns" not in written["schema.html"]
    assert "is left out: a name in it is a secret" in written["schema.html"]
