"""Order, checksums and names as Prisma has them."""

import functools
import hashlib
import json
import random
import shutil
import string
import subprocess
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.migrations.migration import (
    AppliedMigration,
    Migration,
    checksum_of,
    same_checksum,
    sort_key,
    timestamp_of,
    well_named,
)

# Observed with Prisma 7.10 on a folder with all of these.
PRISMAS_ORDER = (
    ".hidden",
    "0_init",
    "00000000000000_x",
    "1_a",
    "10_a",
    "2_a",
    "20210101000000_x",
    "2024_x",
    "20240101_init",
    "20240101000000_a",
    "20240101000000_b",
    "20240101000000_B",
    "20240101000000-c",
    "20250101000000_x",
    "été",
    "init",
    "Init",
    "with space",
    "zeta",
)

texts = st.text(st.characters(exclude_categories=["Cs"]))
lines = st.lists(st.text(st.sampled_from("ab -;'é"), max_size=8), max_size=5)


def test_names_sort_as_prisma_sorts_them() -> None:
    shuffled = random.Random(7).sample(PRISMAS_ORDER, len(PRISMAS_ORDER))
    assert tuple(sorted(shuffled, key=sort_key)) == PRISMAS_ORDER


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node, to ask localeCompare itself")
@pytest.mark.parametrize(
    "alphabet",
    [
        "abzABZ019_-. ",
        string.digits + string.ascii_letters + string.punctuation + " ",
        "aAeEéÉzZ_1",
    ],
)
def test_names_sort_as_javascript_sorts_them(alphabet: str) -> None:
    chance = random.Random(len(alphabet))
    names = sorted({"".join(chance.choices(alphabet, k=chance.randint(1, 9))) for _ in range(4000)})
    script = (
        "const names = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify(names.sort((a, b) => a.localeCompare(b, 'en-US'))))"
    )
    answer = subprocess.run(
        ["node", "-e", script], input=json.dumps(names), capture_output=True, text=True, check=True
    )
    assert sorted(names, key=sort_key) == json.loads(answer.stdout)


@given(st.lists(texts, unique=True))
def test_every_name_has_its_one_place(names: list[str]) -> None:
    assert len({sort_key(name) for name in names}) == len(names)


@given(st.lists(st.datetimes(min_value=datetime(1000, 1, 1)), min_size=1))
def test_stamped_names_sort_by_time(times: list[datetime]) -> None:
    names = [f"{time.year:04}{time:%m%d%H%M%S}_x" for time in times]
    assert sorted(names, key=sort_key) == sorted(names)


@given(texts)
def test_a_checksum_is_of_the_text_as_utf8(sql: str) -> None:
    assert checksum_of(sql) == hashlib.sha256(sql.encode()).hexdigest()
    assert Migration("x", "x/migration.sql", sql).checksum == checksum_of(sql)
    assert same_checksum(checksum_of(sql), sql)


def test_the_checksum_of_nothing_is_prismas() -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert checksum_of("") == empty


@given(lines)
def test_line_endings_make_no_difference(content: list[str]) -> None:
    unix, windows = "\n".join(content), "\r\n".join(content)
    assert same_checksum(checksum_of(unix), windows)
    assert same_checksum(checksum_of(windows), unix)


@given(texts, texts)
def test_another_text_has_another_checksum(one: str, other: str) -> None:
    same = one.replace("\r\n", "\n") == other.replace("\r\n", "\n")
    assert same or not same_checksum(checksum_of(one), other)


@given(texts)
def test_the_old_form_without_zeros_is_the_same(sql: str) -> None:
    old = "".join(f"{byte:x}" for byte in hashlib.sha256(sql.encode()).digest())
    assert same_checksum(old, sql)
    assert len(old) == 64 or not same_checksum(old, sql + " ")


def test_an_upper_case_or_missing_checksum_is_another() -> None:
    assert not same_checksum(checksum_of("SELECT 1").upper(), "SELECT 1")
    assert not same_checksum("", "")


@pytest.mark.parametrize(
    "name", ["20260131120000_add_orders", "20260131120000_x", "00000000000000_1"]
)
def test_well_named(name: str) -> None:
    assert well_named(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "0_init",
        "add_orders",
        "20260131_add_orders",
        "20260131120000",
        "20260131120000_",
        "20260131120000-add",
        "20260131120000_Add",
        "20260131120000_add orders",
        "20260131120000_é",
        "202601311200000_add",
        "20260131120000_add\n",
        "٢٠٢٦٠١٣١١٢٠٠٠٠_add",
    ],
)
def test_not_well_named(name: str) -> None:
    assert not well_named(name)


@given(st.datetimes(min_value=datetime(1000, 1, 1)))
def test_a_time_goes_into_a_name_and_comes_back(time: datetime) -> None:
    time = time.replace(microsecond=0, tzinfo=UTC)
    assert timestamp_of(f"{time:%Y%m%d%H%M%S}_x") == time
    assert timestamp_of(f"{time:%Y%m%d%H%M%S}") == time


@pytest.mark.parametrize(
    "name",
    ["0_init", "20261301000000_x", "20260230000000_x", "20260101240000_x", "202601010000000"],
)
def test_names_without_a_possible_time(name: str) -> None:
    assert timestamp_of(name) is None


def test_what_state_an_applied_migration_is_in() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    row = functools.partial(AppliedMigration, "id", "name", "checksum", at)
    started, finished, rolled_back = row(), row(finished_at=at), row(rolled_back_at=at)
    both = row(finished_at=at, rolled_back_at=at)
    assert [each.finished for each in (started, finished, rolled_back, both)] == [
        *(False, True, False, False)
    ]
    assert [each.unfinished for each in (started, finished, rolled_back, both)] == [
        *(True, False, False, False)
    ]
