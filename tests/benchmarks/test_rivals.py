"""Other linters are installed beside the project, or it is said why not."""

from pathlib import Path

import pytest

from benchmarks.rivals import PINNED, cache, rivals


def test_their_versions_are_pinned() -> None:
    assert all("==" in requirement for requirement in PINNED.values())


def test_they_are_kept_outside_the_checkout(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache().is_relative_to(tmp_path)


@pytest.mark.soak
@pytest.mark.slow
def test_without_a_package_index_the_reason_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    for rival in rivals():
        assert rival.program is None
        assert rival.name in rival.missing
