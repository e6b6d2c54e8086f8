"""ccxt.pro on European options: its streams of markets and of the account."""

import pytest

from listening import soon, until, while_watching
from taking import executions, take


@pytest.fixture
async def options(connect):
    markets = {"types": ["option"], "loadAllOptions": False}
    client = connect("binance", defaultType="option", fetchMarkets=markets, loadAllOptions=True)
    await client.load_markets()
    return client


@pytest.fixture
def call(options):
    """The name of a call that is listed."""
    calls = [market for market in options.markets.values() if market["option"] and market["optionType"] == "call"]
    return min(calls, key=lambda market: (market["expiry"], market["strike"]))["symbol"]


@pytest.mark.parametrize("several", [False, True], ids=["watch_ticker", "watch_tickers"])
async def test_tickers_come_of_what_is_traded(options, call, several):
    async def watch():
        # By its own default this client waits for a stream that options do not have.
        full = {"name": "ticker"}
        return (await options.watch_tickers([call], full))[call] if several else await options.watch_ticker(call, full)

    order, ticker = await while_watching(options, watch, lambda: take(options, call, "buy", 0.1))
    paid = (await executions(options, call, order))[-1]["price"]
    ticker = await until(watch, ticker, lambda ticker: ticker["last"] == paid)
    assert (ticker["symbol"], ticker["info"]["e"]) == (call, "24hrTicker")


async def test_the_best_prices_and_marks_come(options, call):
    quote = (await soon(options.watch_bids_asks([call])))[call]
    assert quote["bid"] < quote["ask"] and quote["askVolume"] > 0
    mark = await soon(options.watch_mark_price(call))
    assert mark["symbol"] == call and mark["markPrice"] > 0


async def test_a_book_that_is_kept_up_is_the_book_that_is_asked_for(options, call):
    for _ in range(3):
        book = await soon(options.watch_order_book(call))
    assert book["bids"][0][0] < book["asks"][0][0]
    asked = await options.fetch_order_book(call, 1000)
    same = {tuple(level) for level in asked["asks"]} & {tuple(level[:2]) for level in book["asks"]}
    assert len(same) >= len(book["asks"]) / 2


async def test_trades_come(options, call):
    def watch():
        return options.watch_trades(call)

    order, told = await while_watching(options, watch, lambda: take(options, call, "buy", 0.1))
    paid = (await executions(options, call, order))[-1]["price"]
    told = await until(watch, told, lambda told: any(trade["price"] == paid and trade["amount"] == 0.1 for trade in told))
    assert {trade["symbol"] for trade in told} == {call}


async def test_bars_come(options, call):
    bars = await soon(options.watch_ohlcv(call, "1m"))
    assert bars[-1][0] % 60_000 == 0 and bars[-1][3] <= bars[-1][4] <= bars[-1][2]


async def test_an_order_is_told_of_from_its_beginning_to_its_end(options, call):
    price = options.markets[call]["limits"]["price"]["min"] or options.markets[call]["precision"]["price"]
    made, told = await while_watching(
        options, lambda: options.watch_orders(call), lambda: options.create_order(call, "limit", "buy", 1, price)
    )
    assert [(row["id"], row["status"], row["amount"]) for row in told] == [(made["id"], "open", 1)]
    cancelled, told = await while_watching(
        options, lambda: options.watch_orders(call), lambda: options.cancel_order(made["id"], call)
    )
    assert cancelled["id"] == made["id"] and told[-1]["status"] == "canceled"


async def test_executions_are_told_of(options, call):
    made, told = await while_watching(options, lambda: options.watch_my_trades(call), lambda: take(options, call, "buy", 0.1))
    assert {trade["order"] for trade in told} == {made["id"]}
    asked = {trade["id"]: trade["price"] for trade in await executions(options, call, made)}
    assert all(asked[trade["id"]] == trade["price"] for trade in told)


async def test_the_balance_and_the_position_are_told_of(options, call):
    _, told = await while_watching(options, options.watch_balance, lambda: take(options, call, "buy", 0.1))
    wallet = next(row for row in (await options.eapiprivate_get_marginaccount())["asset"] if row["asset"] == "USDT")
    told = await until(options.watch_balance, told, lambda told: told["USDT"]["total"] == float(wallet["marginBalance"]))
    _, held = await while_watching(options, lambda: options.watch_positions([call]), lambda: take(options, call, "buy", 0.1))
    held = await until(lambda: options.watch_positions([call]), held, lambda held: held[-1]["contracts"] == 0.2)
    assert (held[-1]["symbol"], held[-1]["side"]) == (call, "long")
