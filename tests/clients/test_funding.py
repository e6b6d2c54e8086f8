"""ccxt on what eight hours bring: funding, and the records of it."""

import asyncio

import pytest

from amounts import exact
from contracts import BOTH

# Eight hours of a market that lives twenty minutes in every second, and as many again, in seconds.
PATIENCE = 48


@pytest.mark.parametrize("kind", BOTH, ids=lambda kind: kind.client)
async def test_who_holds_a_position_pays_funding(connect, hurried, kind):
    client = connect(kind.client, at=hurried)
    await client.create_order(kind.symbol, "market", "buy", kind.amount)
    paid = []
    for _ in range(PATIENCE * 2):
        paid = await client.fetch_funding_history(kind.symbol)
        if paid:
            break
        await asyncio.sleep(0.5)
    rates = {rate["timestamp"]: rate for rate in await client.fetch_funding_rate_history(kind.symbol)}
    assert paid, f"no funding within {PATIENCE} seconds"
    for payment in paid:
        rate = rates[payment["timestamp"]]
        # The price stands still: it is the mark too.
        expected = -kind.value(kind.amount, 60_000) * exact(rate["info"]["fundingRate"])
        assert payment["code"] == kind.coin and abs(exact(payment["info"]["income"]) - expected) <= exact("0.00000001")
        assert payment["timestamp"] % (8 * 3_600_000) == 0
    rows = (await client.fetch_balance())["info"]["assets"]
    wallet = next(exact(row["walletBalance"]) for row in rows if row["asset"] == kind.coin)
    ledger = await client.fetch_ledger(kind.coin)
    incomes = [exact(row["info"]["income"]) for row in ledger]
    # What it began with came in as a transfer, and is the first row.
    assert {"TRANSFER", "COMMISSION", "FUNDING_FEE"} <= {row["info"]["incomeType"] for row in ledger}
    assert sum(incomes) == wallet
