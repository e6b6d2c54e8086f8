"""Exact numbers out of what a client shows: the exchange's own strings, never a float."""

from decimal import Decimal


def exact(value):
    """A number of a reply, as it was written there."""
    return Decimal(str(value))


def spot_balances(client_balance):
    """Free and locked coins of a spot account: `{coin: (free, locked)}`."""
    return {row["asset"]: (exact(row["free"]), exact(row["locked"])) for row in client_balance["info"]["balances"]}


def bought(fills):
    """Coins, cost and commission of the fills of a spot order: exact sums."""
    coins = sum(exact(fill["qty"]) for fill in fills)
    cost = sum(exact(fill["qty"]) * exact(fill["price"]) for fill in fills)
    commission = sum(exact(fill["commission"]) for fill in fills)
    return coins, cost, commission
