"""What is run, or kept to be run, as code."""

from bot.sql.actions.action import Action, action
from bot.sql.bodies import Inner
from bot.sql.values import Volatility


@action
class RunBlock(Action):
    """DO: `body` is run at once; the actions after it are those of the statements inside, `inner`.

    `conditional` says that the body decides whether some of them run, `understood` that nothing
    else does.
    """

    body: str
    language: str = "plpgsql"
    conditional: bool = False
    understood: bool = False
    inner: tuple[Inner, ...] = ()


@action
class CreateFunction(Action):
    name: str
    body: str = ""
    language: str = "sql"
    security_definer: bool = False
    settings: tuple[str, ...] = ()
    volatility: Volatility = Volatility.VOLATILE
    replace: bool = False


@action
class Call(Action):
    name: str
