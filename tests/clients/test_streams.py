"""ccxt.pro: every stream of markets and of accounts, on spot, margin, USD-M and COIN-M.

Options, and calls over sockets, have files of their own.
"""

import asyncio

import ccxt
import pytest

from amounts import exact
from contracts import BOTH, USDM
from listening import listens, soon, until, while_watching

SPOT = ("binance", "BTC/USDT", 0.01)
FUTURES = [(kind.client, kind.symbol, kind.amount) for kind in BOTH]
EVERYWHERE = [SPOT, *FUTURES]

everywhere = pytest.mark.parametrize(("name", "symbol", "amount"), EVERYWHERE, ids=[name for name, *_ in EVERYWHERE])
on_futures = pytest.mark.parametrize(("name", "symbol", "amount"), FUTURES, ids=[name for name, *_ in FUTURES])
of_each_kind = pytest.mark.parametrize("kind", BOTH, ids=lambda kind: kind.client)

# What a ticker may be asked by: the client's default is the short one.
TICKERS = [{}, {"name": "ticker"}]


@everywhere
@pytest.mark.parametrize("params", TICKERS, ids=["mini", "full"])
async def test_tickers_come(connect, name, symbol, amount, params):
    client = connect(name)
    ticker = await soon(client.watch_ticker(symbol, params))
    assert ticker["low"] <= ticker["last"] <= ticker["high"] and ticker["baseVolume"] > 0
    assert symbol in await soon(client.watch_tickers([symbol], params))


@everywhere
async def test_tickers_of_all_markets_come(connect, name, symbol, amount):
    client = connect(name)
    watch = lambda: client.watch_tickers()
    told = await soon(watch())
    await until(watch, told, lambda told: symbol in told)


@everywhere
async def test_the_best_prices_come(connect, name, symbol, amount):
    client = connect(name)
    quote = (await soon(client.watch_bids_asks([symbol])))[symbol]
    assert quote["bid"] < quote["ask"] and quote["bidVolume"] > 0


@everywhere
@pytest.mark.parametrize("params", [{}, {"name": "aggTrade"}], ids=["trade", "aggTrade"])
async def test_trades_come_in_order(connect, name, symbol, amount, params):
    client = connect(name)
    seen = []
    while len(seen) < 3:
        seen += [int(trade["id"]) for trade in await soon(client.watch_trades(symbol, params=params))]
    assert seen == list(range(seen[0], seen[0] + len(seen)))


@everywhere
@pytest.mark.parametrize("limit", [None, 50, 5])
async def test_a_book_that_is_kept_up_is_the_book_that_is_asked_for(connect, name, symbol, amount, limit):
    client = connect(name)
    numbers = []
    for _ in range(5):
        book = await soon(client.watch_order_book(symbol, limit))
        assert book["bids"][0][0] < book["asks"][0][0]
        assert [level[0] for level in book["bids"]] == sorted((level[0] for level in book["bids"]), reverse=True)
        numbers.append(book["nonce"])
    assert numbers == sorted(numbers)
    asked = await client.fetch_order_book(symbol, 1000)
    kept = await soon(client.watch_order_book(symbol, limit))
    # The two are of different moments: most of their levels are the same nevertheless.
    same = {tuple(level) for level in asked["bids"]} & {tuple(level[:2]) for level in kept["bids"]}
    assert len(same) >= len(kept["bids"]) / 2


@everywhere
async def test_bars_come(connect, name, symbol, amount):
    client = connect(name)
    bars = await soon(client.watch_ohlcv(symbol, "1m"))
    assert bars[-1][0] % 60_000 == 0 and bars[-1][3] <= bars[-1][4] <= bars[-1][2]
    both = await soon(client.watch_ohlcv_for_symbols([[symbol, "1m"], [symbol, "1h"]]))
    assert set(both) == {symbol} and set(both[symbol]) <= {"1m", "1h"}


@everywhere
async def test_streams_that_are_left_send_no_more(connect, name, symbol, amount):
    client = connect(name)
    for watch, leave in (
        (client.watch_order_book, client.un_watch_order_book),
        (client.watch_trades, client.un_watch_trades),
        (client.watch_ohlcv, client.un_watch_ohlcv),
        (client.watch_ticker, client.un_watch_ticker),
    ):
        await soon(watch(symbol))
        await soon(leave(symbol))
    left = [name for socket in client.clients.values() for name in socket.subscriptions]
    assert not [name for name in left if symbol in name], left


@everywhere
async def test_an_order_is_told_of_from_its_beginning_to_its_end(connect, name, symbol, amount):
    client = connect(name)
    made, told = await while_watching(
        client, lambda: client.watch_orders(symbol), lambda: client.create_order(symbol, "limit", "buy", amount, 50_000)
    )
    assert [(row["id"], row["status"], row["price"], row["amount"]) for row in told] == [(made["id"], "open", 50_000, amount)]
    watching = asyncio.ensure_future(client.watch_orders(symbol))
    await client.cancel_order(made["id"], symbol)
    assert [(row["id"], row["status"]) for row in await soon(watching)][-1] == (made["id"], "canceled")


@on_futures
async def test_a_change_of_an_order_is_told_of(connect, name, symbol, amount):
    client = connect(name)
    made = await client.create_order(symbol, "limit", "buy", amount, 50_000)
    _, told = await while_watching(
        client,
        lambda: client.watch_orders(symbol),
        lambda: client.edit_order(made["id"], symbol, "limit", "buy", amount * 2, 50_100),
    )
    assert [(row["id"], row["status"], row["price"], row["amount"]) for row in told] == [(made["id"], "open", 50_100, amount * 2)]
    assert told[-1]["info"]["x"] == "AMENDMENT"


@on_futures
async def test_a_conditional_order_is_told_of(connect, name, symbol, amount):
    client = connect(name)
    made, told = await while_watching(
        client,
        lambda: client.watch_orders(symbol, params={"trigger": True}),
        lambda: client.create_order(symbol, "market", "sell", amount, None, {"triggerPrice": 45_000}),
    )
    assert [(row["id"], row["status"]) for row in told] == [(made["id"], "open")]
    watching = asyncio.ensure_future(client.watch_orders(symbol, params={"trigger": True}))
    await client.cancel_order(made["id"], symbol, {"trigger": True})
    assert [(row["id"], row["status"]) for row in await soon(watching)][-1] == (made["id"], "canceled")


async def test_a_stop_of_spot_is_told_of_as_it_is_placed_and_as_it_is_triggered(connect, testnet):
    client = connect("binance")
    testnet.set_price("spot:BTCUSDT", 60_000)
    made, told = await while_watching(
        client,
        lambda: client.watch_orders("BTC/USDT"),
        lambda: client.create_order("BTC/USDT", "market", "sell", 0.01, None, {"triggerPrice": 59_000}),
    )
    assert [(row["id"], row["status"]) for row in told] == [(made["id"], "open")]
    watch = lambda: client.watch_orders("BTC/USDT")
    watching = asyncio.ensure_future(watch())
    testnet.set_price("spot:BTCUSDT", 58_900)
    told = await until(watch, await soon(watching), lambda told: told[-1]["status"] == "closed")
    assert told[-1]["id"] == made["id"] and told[-1]["filled"] == 0.01
    testnet.set_price("spot:BTCUSDT", 60_000)


@everywhere
async def test_executions_are_told_of(connect, name, symbol, amount):
    client = connect(name)
    made, told = await while_watching(
        client, lambda: client.watch_my_trades(symbol), lambda: client.create_order(symbol, "market", "buy", amount)
    )
    # The client keeps what it was told: each time it shows more of it.
    told = {trade["id"]: trade for trade in told}
    while sum(exact(trade["amount"]) for trade in told.values()) < exact(amount):
        told.update({trade["id"]: trade for trade in await soon(client.watch_my_trades(symbol))})
    assert {trade["order"] for trade in told.values()} == {made["id"]}
    asked = {trade["id"]: trade for trade in await client.fetch_my_trades(symbol) if trade["order"] == made["id"]}
    assert set(asked) == set(told)
    for number, trade in asked.items():
        same = ("price", "amount", "side", "takerOrMaker", "timestamp")
        assert {word: trade[word] for word in same} == {word: told[number][word] for word in same}
        assert exact(trade["fee"]["cost"]) == exact(told[number]["fee"]["cost"])


@everywhere
async def test_a_balance_that_changes_is_told_of(connect, name, symbol, amount):
    client = connect(name)
    _, told = await while_watching(
        client, client.watch_balance, lambda: client.create_order(symbol, "market", "buy", amount)
    )
    asked = (await client.fetch_balance())["info"]
    if name == "binance":
        rows = {row["asset"]: float(row["free"]) for row in asked["balances"]}
        right = lambda told: (told["BTC"]["free"], told["USDT"]["free"]) == (rows["BTC"], rows["USDT"])
    else:
        coin = "USDT" if name == "binanceusdm" else "BTC"
        wallet = next(float(row["walletBalance"]) for row in asked["assets"] if row["asset"] == coin)
        right = lambda told: told[coin]["total"] == wallet
    await until(client.watch_balance, told, right)


async def test_what_an_order_locks_is_told_of(connect):
    client = connect("binance")
    _, told = await while_watching(
        client, client.watch_balance, lambda: client.create_order("BTC/USDT", "limit", "buy", 0.01, 50_000)
    )
    assert told["USDT"]["used"] == 500


@on_futures
async def test_positions_are_told_of(connect, name, symbol, amount):
    client = connect(name)
    watch = lambda: client.watch_positions([symbol])
    # First comes what there is.
    assert await soon(watch()) == []
    _, told = await while_watching(client, watch, lambda: client.create_order(symbol, "market", "buy", amount))
    told = await until(watch, told, lambda told: told[-1]["contracts"] == amount)
    assert (told[-1]["symbol"], told[-1]["side"], told[-1]["hedged"]) == (symbol, "long", False)
    held = (await client.fetch_positions([symbol]))[0]
    assert told[-1]["entryPrice"] == pytest.approx(held["entryPrice"], rel=1e-6)
    _, told = await while_watching(client, watch, lambda: client.create_order(symbol, "market", "sell", amount))
    await until(watch, told, lambda told: told[-1]["contracts"] == 0)


@on_futures
async def test_both_legs_of_a_hedged_account_are_told_of(connect, name, symbol, amount):
    client = connect(name)
    await client.load_markets()
    await client.set_position_mode(True, symbol)
    watch = lambda: client.watch_positions([symbol])
    assert await soon(watch()) == []
    for side, leg in (("buy", "long"), ("sell", "short")):
        _, told = await while_watching(
            client, watch, lambda: client.create_order(symbol, "market", side, amount, params={"hedged": True})
        )
        legs = lambda told: {row["side"]: row for row in told}
        told = await until(watch, told, lambda told: leg in legs(told) and legs(told)[leg]["contracts"] == amount)
        assert legs(told)[leg]["hedged"] is True


@on_futures
async def test_marks_come(connect, name, symbol, amount):
    client = connect(name)
    mark = await soon(client.watch_mark_price(symbol))
    assert mark["symbol"] == symbol and mark["markPrice"] > 0 and mark["indexPrice"] > 0
    assert symbol in await soon(client.watch_mark_prices())


@on_futures
async def test_what_the_client_has_no_stream_for_it_refuses(connect, name, symbol, amount):
    with pytest.raises(ccxt.NotSupported):
        await connect(name).watch_funding_rate(symbol)


@pytest.mark.parametrize("mode", ["cross", "isolated"])
async def test_orders_of_margin_are_told_of(connect, mode):
    client = connect("binance")
    params = {"type": "margin", "marginMode": mode, **({"symbol": "BTC/USDT"} if mode == "isolated" else {})}
    made, told = await while_watching(
        client,
        lambda: client.watch_orders("BTC/USDT", params=params),
        lambda: client.create_order("BTC/USDT", "limit", "buy", 0.01, 50_000, {"marginMode": mode}),
    )
    assert [(row["id"], row["status"]) for row in told] == [(made["id"], "open")]


async def test_the_balance_of_margin_is_told_of(connect):
    client = connect("binance")
    _, told = await while_watching(
        client,
        lambda: client.watch_balance({"type": "margin"}),
        lambda: client.create_order("BTC/USDT", "limit", "buy", 0.01, 50_000, {"marginMode": "cross"}),
    )
    event = client.balance["margin"]["info"]
    assert event["e"] == "outboundAccountPosition"
    assert next(row["l"] for row in event["B"] if row["a"] == "USDT") == "500.00000000"
    assert told["USDT"]["used"] == 500


@of_each_kind
async def test_a_position_that_is_taken_over_is_told_of_to_all_and_to_its_owner(connect, testnet, kind):
    testnet.set_price(kind.market, 60_000)
    watcher, trader = connect(kind.client), connect(kind.client)
    await trader.set_leverage(50, kind.symbol)
    await trader.set_margin_mode("isolated", kind.symbol)
    await trader.create_order(kind.symbol, "market", "buy", kind.amount)
    # This client reads nothing more once it is told of a balance that it does not watch.
    balances = asyncio.ensure_future(trader.watch_balance())
    await listens(trader, balances)
    mine = asyncio.ensure_future(trader.watch_my_liquidations(kind.symbol))
    everybodys = asyncio.ensure_future(watcher.watch_liquidations_for_symbols([]))
    await watcher.load_markets()
    await listens(watcher, everybodys)

    async def fall():
        testnet.set_price(kind.market, 57_000)

    _, told = await while_watching(watcher, lambda: watcher.watch_liquidations(kind.symbol), fall)
    # Its owner is told of the order first, and then of what it has done.
    await soon(mine)
    await until(lambda: asyncio.sleep(0.05), None, lambda _: trader.myLiquidations[-1]["contracts"] > 0)
    for liquidation in (told[-1], (await soon(everybodys))[-1], trader.myLiquidations[-1]):
        assert (liquidation["side"], liquidation["symbol"], liquidation["contracts"]) == ("sell", kind.symbol, kind.amount)
    assert (await soon(balances))["info"]["e"] == "ACCOUNT_UPDATE"
    held = await trader.fetch_positions([kind.symbol])
    assert not held or held[0]["contracts"] == 0
    testnet.set_price(kind.market, 60_000)


async def test_one_connection_carries_the_streams_of_several_markets(connect):
    client = connect(USDM.client)
    symbols = ["BTC/USDT:USDT", "ETH/USDT:USDT"]
    seen = set()
    while seen != set(symbols):
        seen.add((await soon(client.watch_order_book_for_symbols(symbols)))["symbol"])
    assert len(client.clients) == 1
