"""Print what lets a shell complete verbs, options, targets, migrations, rules and backups.

\b
  migration-bot completion bash >> ~/.bashrc
  migration-bot completion zsh > ~/.zfunc/_migration-bot
  migration-bot completion fish >> ~/.config/fish/config.fish

Begin a new shell, and press TAB. bash has to be 4.4 or newer; zsh wants `fpath+=~/.zfunc` above
`compinit` in ~/.zshrc. Names are read from the configuration, the migrations folder and the
directory of backups: nothing is connected to.
"""

import click

from bot.completing.shells import SHELLS, script_for
from bot.errors import ExitCode


@click.command(help=__doc__)
@click.argument("shell", type=click.Choice(list(SHELLS)))
def command(shell: str) -> ExitCode:
    click.echo(script_for(shell), nl=False)
    return ExitCode.FINE
