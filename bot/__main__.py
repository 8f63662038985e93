"""The command migration-bot, and python -m bot: Ctrl-C ends it quietly from the first import on."""

import sys

# ExitCode.INTERRUPTED, which nothing has imported yet.
INTERRUPTED = 130


def main() -> None:
    """Load the command line and run it; ends the process."""
    try:
        from bot import cli
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    cli.main()


if __name__ == "__main__":
    main()
