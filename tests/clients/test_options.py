"""ccxt on European options over REST."""

import ccxt
import pytest

from amounts import exact
from refusals import refused
from taking import executions, take


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


async def test_a_chain_is_listed(options):
    chain = [market for market in options.markets.values() if market["option"]]
    assert {market["optionType"] for market in chain} == {"call", "put"}
    assert len({market["expiry"] for market in chain}) == 2 and len({market["strike"] for market in chain}) >= 3
    assert all(market["expiry"] > options.milliseconds() for market in chain)


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
    order = await take(options, call, "buy", 0.1)
    trades = await executions(options, call, order)
    assert sum(exact(trade["info"]["quantity"]) for trade in trades) == exact("0.1")
    assert all(exact(trade["info"]["price"]) <= exact(order["info"]["price"]) for trade in trades)
    held = [row for row in await options.fetch_positions([call], {"method": "option"}) if row["contracts"]]
    assert [(row["symbol"], row["contracts"]) for row in held] == [(call, 0.1)]
    bill = await options.eapiPrivateGetBill({"currency": "USDT"})
    booked = {kind: sum(exact(row["amount"]) for row in bill if row["type"] == kind) for kind in ("CONTRACT", "FEE")}
    premium = sum(exact(trade["info"]["price"]) * exact(trade["info"]["quantity"]) for trade in trades)
    fees = sum(abs(exact(trade["info"]["fee"])) for trade in trades)
    assert booked == {"CONTRACT": -premium, "FEE": -fees} and fees > 0
    # It can be sold as well, for what is bid.
    await take(options, call, "sell", 0.1)
    held = [row for row in await options.fetch_positions([call], {"method": "option"}) if row["contracts"]]
    assert held == []


async def test_what_the_client_asks_of_other_products_is_answered_by_them(options, call):
    # Without a method the client asks USD-M for the positions, and spot for the balance.
    assert await options.fetch_positions([call]) == []
    balance = await options.fetch_balance({"type": "option"})
    assert {"asset": "USDT", "free": "1000000.00000000", "locked": "0.00000000"} in balance["info"]["balances"]


async def test_wrong_orders_are_refused_for_what_is_wrong(options, call):
    with refused(-2018):
        await options.create_order(call, "limit", "buy", 100, 20_000)
    with pytest.raises(ccxt.ExchangeError, match="-2013|-2011"):
        await options.cancel_order("999999999", call)
