"""ccxt.pro: every stream and every call over a socket, on spot, USD-M and COIN-M."""

import asyncio

import pytest

from amounts import exact
from contracts import BOTH, COINM, USDM

# How long a message of a stream may take: streams send every few seconds at most.
PATIENCE = 20

SPOT = ("binance", "BTC/USDT", 0.01)
EVERYWHERE = [SPOT, *[(kind.client, kind.symbol, kind.amount) for kind in BOTH]]
FUTURES = [(kind.client, kind.symbol, kind.amount) for kind in BOTH]

everywhere = pytest.mark.parametrize(("name", "symbol", "amount"), EVERYWHERE, ids=lambda value: str(value))
on_futures = pytest.mark.parametrize(("name", "symbol", "amount"), FUTURES, ids=lambda value: str(value))


async def soon(awaitable):
    return await asyncio.wait_for(awaitable, PATIENCE)


async def while_watching(watch, act):
    """What a stream says of something that is done once it listens."""
    watching = asyncio.ensure_future(watch())
    # The client says nowhere that it is subscribed; what it was sent before that is not what is looked for.
    await asyncio.sleep(1)
    done = await act()
    return done, await soon(watching)


@everywhere
async def test_tickers_come(connect, name, symbol, amount):
    client = connect(name)
    ticker = await soon(client.watch_ticker(symbol))
    assert ticker["low"] <= ticker["last"] <= ticker["high"]
    assert symbol in await soon(client.watch_tickers([symbol]))


@everywhere
async def test_the_best_prices_come(connect, name, symbol, amount):
    client = connect(name)
    quote = (await soon(client.watch_bids_asks([symbol])))[symbol]
    assert quote["bid"] < quote["ask"] and quote["bidVolume"] > 0


@everywhere
async def test_trades_come_in_order(connect, name, symbol, amount):
    client = connect(name)
    seen = []
    while len(seen) < 3:
        seen += [int(trade["id"]) for trade in await soon(client.watch_trades(symbol))]
    assert seen == sorted(set(seen))


@everywhere
@pytest.mark.parametrize("limit", [None, 50, 5])
async def test_a_book_that_is_kept_up_is_the_book_that_is_asked_for(connect, name, symbol, amount, limit):
    client = connect(name)
    for _ in range(5):
        book = await soon(client.watch_order_book(symbol, limit))
        assert book["bids"][0][0] < book["asks"][0][0]
        assert [level[0] for level in book["bids"]] == sorted((level[0] for level in book["bids"]), reverse=True)
    asked = await client.fetch_order_book(symbol, 1000)
    kept = await soon(client.watch_order_book(symbol))
    # The two are of different moments: most of their levels are the same nevertheless.
    same = {tuple(level) for level in asked["bids"]} & {tuple(level[:2]) for level in kept["bids"]}
    assert len(same) >= len(kept["bids"]) / 2


@everywhere
async def test_bars_come(connect, name, symbol, amount):
    client = connect(name)
    bars = await soon(client.watch_ohlcv(symbol, "1m"))
    assert bars[-1][0] % 60_000 == 0 and bars[-1][3] <= bars[-1][4] <= bars[-1][2]


@everywhere
async def test_an_order_is_told_of_from_its_beginning_to_its_end(connect, name, symbol, amount):
    client = connect(name)
    made, told = await while_watching(
        lambda: client.watch_orders(symbol), lambda: client.create_order(symbol, "limit", "buy", amount, 50_000)
    )
    assert [(row["id"], row["status"]) for row in told] == [(made["id"], "open")]
    watching = asyncio.ensure_future(client.watch_orders(symbol))
    await client.cancel_order(made["id"], symbol)
    assert [(row["id"], row["status"]) for row in await soon(watching)][-1] == (made["id"], "canceled")


@everywhere
async def test_executions_are_told_of(connect, name, symbol, amount):
    client = connect(name)
    made, told = await while_watching(
        lambda: client.watch_my_trades(symbol), lambda: client.create_order(symbol, "market", "buy", amount)
    )
    while sum(exact(trade["amount"]) for trade in told) < exact(amount):
        told = await soon(client.watch_my_trades(symbol))
    assert {trade["order"] for trade in told} == {made["id"]}
    asked = [trade for trade in await client.fetch_my_trades(symbol) if trade["order"] == made["id"]]
    assert {trade["id"] for trade in asked} == {trade["id"] for trade in told}


@everywhere
async def test_a_balance_that_changes_is_told_of(connect, name, symbol, amount):
    client = connect(name)
    _, told = await while_watching(client.watch_balance, lambda: client.create_order(symbol, "market", "buy", amount))
    asked = await client.fetch_balance()
    coin = {"binance": "BTC", "binanceusdm": "USDT", "binancecoinm": "BTC"}[name]
    assert told[coin]["total"] == pytest.approx(asked[coin]["total"], rel=1e-3)


@on_futures
async def test_positions_are_told_of(connect, name, symbol, amount):
    client = connect(name)
    await client.load_markets()
    _, told = await while_watching(
        lambda: client.watch_positions([symbol]), lambda: client.create_order(symbol, "market", "buy", amount)
    )
    assert [(row["symbol"], row["side"], row["contracts"]) for row in told][-1] == (symbol, "long", amount)


@on_futures
async def test_marks_come(connect, name, symbol, amount):
    mark = await soon(connect(name).watch_mark_price(symbol))
    assert mark["markPrice"] > 0


@everywhere
async def test_orders_can_be_placed_over_a_socket(connect, name, symbol, amount):
    client = connect(name)
    made = await soon(client.create_order_ws(symbol, "limit", "buy", amount, 50_000))
    assert (await client.fetch_order(made["id"], symbol))["status"] == "open"
    edited = await soon(client.edit_order_ws(made["id"], symbol, "limit", "buy", amount, 50_100))
    assert (await client.fetch_order(edited["id"], symbol))["price"] == 50_100
    cancelled = await soon(client.cancel_order_ws(edited["id"], symbol))
    assert cancelled["id"] == edited["id"]
    assert await client.fetch_open_orders(symbol) == []
    bought = await soon(client.create_order_ws(symbol, "market", "buy", amount))
    assert (await client.fetch_order(bought["id"], symbol))["status"] == "closed"


async def test_everything_can_be_cancelled_over_a_socket(connect):
    client = connect("binance")
    for price in (50_000, 50_100):
        await client.create_order("BTC/USDT", "limit", "buy", 0.01, price)
    await soon(client.cancel_all_orders_ws("BTC/USDT"))
    assert await client.fetch_open_orders("BTC/USDT") == []


@everywhere
async def test_the_balance_can_be_asked_for_over_a_socket(connect, name, symbol, amount):
    client = connect(name)
    coin = {"binance": "USDT", "binanceusdm": "USDT", "binancecoinm": "BTC"}[name]
    over_socket = await soon(client.fetch_balance_ws())
    assert over_socket[coin]["total"] == (await client.fetch_balance())[coin]["total"]


async def test_the_book_can_be_asked_for_over_a_socket(connect):
    book = await soon(connect("binanceusdm").fetch_order_book_ws("BTC/USDT:USDT", 50))
    assert len(book["bids"]) == 50


async def test_orders_and_balances_of_margin_are_told_of(connect):
    client = connect("binance")
    made, told = await while_watching(
        lambda: client.watch_orders("BTC/USDT", params={"type": "margin"}),
        lambda: client.create_order("BTC/USDT", "limit", "buy", 0.01, 50_000, {"marginMode": "cross"}),
    )
    assert [row["id"] for row in told] == [made["id"]]


@pytest.mark.parametrize("kind", [USDM, COINM], ids=lambda kind: kind.client)
async def test_a_position_that_is_taken_over_is_told_of(connect, testnet, kind):
    testnet.set_price(kind.market, 60_000)
    watcher, trader = connect(kind.client), connect(kind.client)
    await trader.set_leverage(50, kind.symbol)
    await trader.set_margin_mode("isolated", kind.symbol)
    await trader.create_order(kind.symbol, "market", "buy", kind.amount)

    async def fall():
        testnet.set_price(kind.market, 57_000)

    _, told = await while_watching(lambda: watcher.watch_liquidations(kind.symbol), fall)
    assert told[-1]["side"] == "sell" and told[-1]["symbol"] == kind.symbol
    testnet.set_price(kind.market, 60_000)
