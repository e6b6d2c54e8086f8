"""ccxt on European options over REST."""

import pytest

from amounts import exact


@pytest.fixture
async def options(connect):
    client = connect("binance", defaultType="option", fetchMarkets={"types": ["option"], "loadAllOptions": False}, loadAllOptions=True)
    await client.load_markets()
    return client


@pytest.fixture
def call(options):
    """The name of a call that is listed."""
    calls = [market for market in options.markets.values() if market["option"] and market["optionType"] == "call"]
    return min(calls, key=lambda market: (market["expiry"], market["strike"]))["symbol"]


async def test_market_data_fits_together(options, call):
    ticker = await options.fetch_ticker(call)
    assert ticker["last"] >= 0
    book = await options.fetch_order_book(call, 10)
    assert book["bids"][0][0] < book["asks"][0][0]
    assert len(await options.fetch_ohlcv(call, "1h")) > 0
    assert isinstance(await options.fetch_trades(call), list)
    greeks = await options.fetch_greeks(call)
    assert 0 <= greeks["delta"] <= 1 and greeks["markPrice"] >= 0


async def test_an_order_rests_is_found_and_is_cancelled(options, call):
    price = options.markets[call]["limits"]["price"]["min"] or options.markets[call]["precision"]["price"]
    order = await options.create_order(call, "limit", "buy", 1, price)
    assert [row["id"] for row in await options.fetch_open_orders(call)] == [order["id"]]
    assert (await options.fetch_order(order["id"], call))["status"] == "open"
    assert (await options.cancel_order(order["id"], call))["id"] == order["id"]
    await options.create_order(call, "limit", "buy", 1, price)
    await options.cancel_all_orders(call)
    assert await options.fetch_open_orders(call) == []


async def test_a_bought_option_costs_its_premium_and_is_held(options, call):
    ask = (await options.fetch_order_book(call, 10))["asks"][0][0]
    order = await options.create_order(call, "limit", "buy", 0.1, ask)
    trades = [trade for trade in await options.fetch_my_trades(call) if trade["order"] == order["id"]]
    assert sum(exact(trade["info"]["quantity"]) for trade in trades) == exact("0.1")
    assert all(exact(trade["info"]["price"]) <= exact(ask) for trade in trades)
    held = [row for row in await options.fetch_positions([call], {"method": "option"}) if row["contracts"]]
    assert [(row["symbol"], row["contracts"]) for row in held] == [(call, 0.1)]
