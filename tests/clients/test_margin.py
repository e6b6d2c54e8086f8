"""ccxt on cross and isolated margin over REST."""

import pytest

from amounts import exact
from refusals import refused

PAIR = "BTC/USDT"
BOTH = [{"marginMode": "cross"}, {"marginMode": "isolated"}]


@pytest.fixture
def spot(connect):
    return connect("binance")


@pytest.mark.parametrize("mode", BOTH, ids=["cross", "isolated"])
async def test_orders_of_a_margin_wallet_live_apart_from_spot(spot, mode):
    order = await spot.create_order(PAIR, "limit", "buy", 0.01, 50_000, mode)
    assert [row["id"] for row in await spot.fetch_open_orders(PAIR, params=mode)] == [order["id"]]
    assert await spot.fetch_open_orders(PAIR) == []
    assert (await spot.fetch_order(order["id"], PAIR, mode))["status"] == "open"
    assert (await spot.cancel_order(order["id"], PAIR, mode))["status"] == "canceled"


@pytest.mark.parametrize("mode", BOTH, ids=["cross", "isolated"])
async def test_a_market_sell_moves_the_wallet(spot, mode):
    before = await spot.fetch_balance(mode)
    order = await spot.create_order(PAIR, "market", "sell", 0.01, None, mode)
    after = await spot.fetch_balance(mode)

    def held(balance, coin):
        return balance[coin]["total"]

    assert round(held(before, "BTC") - held(after, "BTC"), 8) == 0.01
    brought = exact(order["info"]["cummulativeQuoteQty"])
    fees = sum(exact(fill["commission"]) for fill in order["info"]["fills"])
    assert abs(exact(held(after, "USDT")) - exact(held(before, "USDT")) - brought + fees) < exact("0.000001")
    trades = await spot.fetch_my_trades(PAIR, params=mode)
    assert [trade["order"] for trade in trades][-1] == order["id"]
    sold = [exact(trade["info"]["qty"]) for trade in trades if trade["order"] == order["id"]]
    assert sum(sold) == exact("0.01") and all(trade["info"]["isIsolated"] == (mode["marginMode"] == "isolated") for trade in trades)


@pytest.mark.parametrize("mode", BOTH, ids=["cross", "isolated"])
async def test_a_stop_limit_waits_and_everything_is_cancelled_at_once(spot, mode):
    order = await spot.create_order(PAIR, "limit", "sell", 0.01, 44_900, {"triggerPrice": 45_000, **mode})
    assert (await spot.fetch_order(order["id"], PAIR, mode))["info"]["type"] == "STOP_LOSS_LIMIT"
    await spot.cancel_all_orders(PAIR, mode)
    assert await spot.fetch_open_orders(PAIR, params=mode) == []
    assert [row["id"] for row in await spot.fetch_orders(PAIR, params=mode)] == [order["id"]]


def owed(client_balance):
    """What is had and owed of USDT: free, borrowed, interest."""
    info = client_balance["info"]
    if "userAssets" in info:
        row = next(row for row in info["userAssets"] if row["asset"] == "USDT")
    else:
        row = next(pair for pair in info["assets"] if pair["symbol"] == "BTCUSDT")["quoteAsset"]
    return tuple(exact(row[name]) for name in ("free", "borrowed", "interest"))


@pytest.mark.parametrize("mode", BOTH, ids=["cross", "isolated"])
async def test_a_loan_is_owed_until_it_is_paid_back(spot, mode):
    await spot.load_markets()
    free, borrowed, interest = owed(await spot.fetch_balance(mode))
    assert (borrowed, interest) == (0, 0)
    if mode["marginMode"] == "cross":
        borrow, repay = spot.borrow_cross_margin, spot.repay_cross_margin
    else:
        borrow = lambda coin, amount: spot.borrow_isolated_margin(PAIR, coin, amount)
        repay = lambda coin, amount: spot.repay_isolated_margin(PAIR, coin, amount)
    loan = await borrow("USDT", 100)
    assert loan["currency"] == "USDT" and int(loan["id"]) > 0
    had, borrowed, interest = owed(await spot.fetch_balance(mode))
    # The first hour's interest is owed at once ("Margin Interest"), and is little.
    assert had == free + 100 and borrowed == 100 and 0 < interest < exact("0.01")
    await repay("USDT", 100)
    # What is paid back goes to the interest first, then to the loan.
    assert owed(await spot.fetch_balance(mode)) == (free, interest, 0)


async def test_a_pair_that_was_not_opened_has_no_wallet(spot):
    with refused(-3003):
        await spot.create_order("ETH/USDT", "limit", "buy", 1, 1_000, {"marginMode": "isolated"})
