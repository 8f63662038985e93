"""PostgreSQL's programs, one of which is a script that stands before the real one."""

import os
import shutil
from pathlib import Path

from bot.adapters.postgres.tools import BIN_VARIABLE, Installation, best_for_dump

# It is first asked what it can compress with.
_ASKED = 'case "$*" in */nowhere/*) exec "$real" "$@";; esac'


def with_other(program: str, server_major: int, directory: Path, script: str) -> dict[str, str]:
    """What of the environment leads there. In the script `$real` is the program itself."""
    tool: Installation = best_for_dump(server_major)
    shutil.copytree(tool.bin, directory, copy_function=os.symlink, symlinks=True)
    # The library beside the programs is found by the real one.
    (directory / program).unlink()
    (directory / program).write_text(
        f"#!/bin/bash\nreal={tool.bin}/{program}\n{_ASKED}\n{script}\n"
    )
    (directory / program).chmod(0o755)
    return {BIN_VARIABLE: str(directory)}
