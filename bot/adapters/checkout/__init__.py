"""The checkout: the working tree, and the git repository around it if there is one."""

from bot.adapters.checkout.checkout import Checkout

__all__ = ["Checkout"]
