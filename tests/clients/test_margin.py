"""ccxt on cross and isolated margin over REST."""

import pytest

from amounts import exact

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
        return balance[PAIR][coin]["total"] if mode["marginMode"] == "isolated" else balance[coin]["total"]

    assert round(held(before, "BTC") - held(after, "BTC"), 8) == 0.01
    brought = exact(order["info"]["cummulativeQuoteQty"])
    fees = sum(exact(fill["commission"]) for fill in order["info"]["fills"])
    assert abs(exact(held(after, "USDT")) - exact(held(before, "USDT")) - brought + fees) < exact("0.000001")
    trades = await spot.fetch_my_trades(PAIR, params=mode)
    assert [trade["order"] for trade in trades][-1] == order["id"]


@pytest.mark.parametrize("mode", BOTH, ids=["cross", "isolated"])
async def test_a_stop_limit_waits_and_everything_is_cancelled_at_once(spot, mode):
    order = await spot.create_order(PAIR, "limit", "sell", 0.01, 44_900, {"triggerPrice": 45_000, **mode})
    assert (await spot.fetch_order(order["id"], PAIR, mode))["info"]["type"] == "STOP_LOSS_LIMIT"
    await spot.cancel_all_orders(PAIR, mode)
    assert await spot.fetch_open_orders(PAIR, params=mode) == []
    assert [row["id"] for row in await spot.fetch_orders(PAIR, params=mode)] == [order["id"]]


async def test_a_loan_is_owed_until_it_is_paid_back(spot):
    await spot.load_markets()
    await spot.borrow_cross_margin("USDT", 100)
    row = next(row for row in (await spot.fetch_balance({"marginMode": "cross"}))["info"]["userAssets"] if row["asset"] == "USDT")
    assert exact(row["borrowed"]) == 100
    await spot.repay_cross_margin("USDT", 100)
    row = next(row for row in (await spot.fetch_balance({"marginMode": "cross"}))["info"]["userAssets"] if row["asset"] == "USDT")
    # What was paid back went to the interest of the first hour, and then to the loan.
    assert exact(row["borrowed"]) + exact(row["interest"]) < exact("0.01")


async def test_an_isolated_pair_has_loans_of_its_own(spot):
    await spot.load_markets()
    await spot.borrow_isolated_margin(PAIR, "USDT", 100)
    balance = await spot.fetch_balance({"marginMode": "isolated"})
    pair = next(pair for pair in balance["info"]["assets"] if pair["symbol"] == "BTCUSDT")
    assert exact(pair["quoteAsset"]["borrowed"]) == 100
    await spot.repay_isolated_margin(PAIR, "USDT", 100)
