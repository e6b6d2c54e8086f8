"""ccxt.pro: every call over the WebSocket API, on spot, USD-M and COIN-M, against what REST says of the same."""

import ccxt
import pytest

from listening import soon

SPOT = ("binance", "BTC/USDT", 0.01)
USDM = ("binanceusdm", "BTC/USDT:USDT", 0.01)
COINM = ("binancecoinm", "BTC/USD:BTC", 10)

everywhere = pytest.mark.parametrize(("name", "symbol", "amount"), [SPOT, USDM, COINM], ids=["spot", "usdm", "coinm"])


@everywhere
async def test_orders_can_be_placed_changed_and_cancelled(connect, name, symbol, amount):
    client = connect(name)
    made = await soon(client.create_order_ws(symbol, "limit", "buy", amount, 50_000))
    assert (await client.fetch_order(made["id"], symbol))["status"] == "open"
    edited = await soon(client.edit_order_ws(made["id"], symbol, "limit", "buy", amount, 50_100))
    found = await client.fetch_order(edited["id"], symbol)
    assert (found["price"], found["status"]) == (50_100, "open")
    cancelled = await soon(client.cancel_order_ws(edited["id"], symbol))
    assert cancelled["id"] == edited["id"] and cancelled["status"] == "canceled"
    assert await client.fetch_open_orders(symbol) == []
    bought = await soon(client.create_order_ws(symbol, "market", "buy", amount))
    found = await client.fetch_order(bought["id"], symbol)
    assert (found["status"], found["filled"]) == ("closed", amount)


# Too much for what there is, or for what the account may hold: what the answer says.
TOO_MUCH = [(*SPOT[:2], 50, "insufficient balance"), (*USDM[:2], 900, "-2019"), (*COINM[:2], 900_000, "-2027")]


@pytest.mark.parametrize(("name", "symbol", "amount", "words"), TOO_MUCH, ids=["spot", "usdm", "coinm"])
async def test_wrong_orders_are_refused_for_what_is_wrong(connect, name, symbol, amount, words):
    client = connect(name)
    with pytest.raises(ccxt.BaseError, match=words):
        await soon(client.create_order_ws(symbol, "limit", "buy", amount, 59_000))
    with pytest.raises(ccxt.OrderNotFound):
        await soon(client.cancel_order_ws("999999999", symbol))
    assert await client.fetch_open_orders(symbol) == []


async def test_a_stop_of_spot_waits_and_is_taken_back(connect):
    client = connect("binance")
    stop = await soon(client.create_order_ws("BTC/USDT", "limit", "sell", 0.01, 44_900, {"stopPrice": 45_000}))
    assert (await client.fetch_order(stop["id"], "BTC/USDT"))["info"]["type"] == "STOP_LOSS_LIMIT"
    assert (await soon(client.cancel_order_ws(stop["id"], "BTC/USDT")))["status"] == "canceled"


async def test_a_conditional_order_of_linear_futures_waits_and_is_taken_back(connect):
    client = connect("binanceusdm")
    algo = await soon(client.create_order_ws("BTC/USDT:USDT", "market", "sell", 0.01, None, {"triggerPrice": 45_000}))
    assert [row["id"] for row in await client.fetch_open_orders("BTC/USDT:USDT", params={"trigger": True})] == [algo["id"]]
    cancelled = await soon(client.cancel_order_ws(algo["id"], "BTC/USDT:USDT", {"trigger": True}))
    assert cancelled["id"] == algo["id"]
    assert await client.fetch_open_orders("BTC/USDT:USDT", params={"trigger": True}) == []


async def test_everything_can_be_cancelled_at_once_on_spot_only(connect):
    client = connect("binance")
    for price in (50_000, 50_100):
        await client.create_order("BTC/USDT", "limit", "buy", 0.01, price)
    cancelled = await soon(client.cancel_all_orders_ws("BTC/USDT"))
    assert [row["status"] for row in cancelled] == ["canceled", "canceled"]
    assert await client.fetch_open_orders("BTC/USDT") == []
    for name, symbol, _ in (USDM, COINM):
        with pytest.raises(ccxt.BadRequest):
            await connect(name).cancel_all_orders_ws(symbol)


async def test_the_balance_of_spot_can_be_asked_for(connect):
    client = connect("binance")
    await client.create_order("BTC/USDT", "market", "buy", 0.01)
    over_socket, over_rest = await soon(client.fetch_balance_ws()), await client.fetch_balance()
    # Of spot this client shows what came as it came.
    assert over_socket["info"]["balances"] == over_rest["info"]["balances"]


@pytest.mark.parametrize(("name", "symbol", "amount"), [USDM, COINM], ids=["usdm", "coinm"])
async def test_the_balance_of_futures_can_be_asked_for(connect, name, symbol, amount):
    client = connect(name)
    await client.create_order(symbol, "market", "buy", amount)
    over_socket, over_rest = await soon(client.fetch_balance_ws()), await client.fetch_balance()
    wallets = [{row["asset"]: row["walletBalance"] for row in side["info"]["assets"]} for side in (over_socket, over_rest)]
    assert wallets[0] == wallets[1] and any(float(amount) for amount in wallets[0].values())


@pytest.mark.parametrize("method", ["account.balance", "v2/account.balance", "v2/account.status"])
async def test_linear_futures_tell_their_balance_in_four_ways(connect, method):
    client = connect("binanceusdm")
    over_socket = await soon(client.fetch_balance_ws({"method": method}))
    assert over_socket["USDT"]["total"] == (await client.fetch_balance())["USDT"]["total"]


async def test_the_book_can_be_asked_for_on_linear_futures_only(connect):
    book = await soon(connect("binanceusdm").fetch_order_book_ws("BTC/USDT:USDT", 50))
    assert len(book["bids"]) == len(book["asks"]) == 50 and book["bids"][0][0] < book["asks"][0][0] and book["nonce"] > 0
    for name, symbol, _ in (SPOT, COINM):
        with pytest.raises(ccxt.BadRequest):
            await connect(name).fetch_order_book_ws(symbol)


async def test_the_best_and_the_last_price_can_be_asked_for_on_linear_futures_only(connect):
    client = connect("binanceusdm")
    best = await soon(client.fetch_ticker_ws("BTC/USDT:USDT"))
    assert float(best["info"]["bidPrice"]) < float(best["info"]["askPrice"]) and float(best["info"]["bidQty"]) > 0
    last = await soon(client.fetch_ticker_ws("BTC/USDT:USDT", {"method": "ticker.price"}))
    assert float(last["info"]["price"]) == pytest.approx((await client.fetch_ticker("BTC/USDT:USDT"))["last"], rel=1e-3)
    for name, symbol, _ in (SPOT, COINM):
        with pytest.raises(ccxt.BadRequest):
            await connect(name).fetch_ticker_ws(symbol)


async def test_bars_and_trades_of_spot_can_be_asked_for(connect):
    client = connect("binance")
    over_socket = await soon(client.fetch_ohlcv_ws("BTC/USDT", "1m", limit=20))
    over_rest = await client.fetch_ohlcv("BTC/USDT", "1m", limit=20)
    closed = {bar[0]: bar for bar in over_rest[:-1]}
    same = [bar for bar in over_socket[:-1] if bar[0] in closed]
    assert len(same) >= 18 and all(bar == closed[bar[0]] for bar in same)
    trades = await soon(client.fetch_trades_ws("BTC/USDT", limit=20))
    ids = [int(trade["id"]) for trade in trades]
    assert ids == list(range(ids[0], ids[0] + 20))


async def test_orders_and_trades_of_spot_can_be_asked_for(connect):
    client = connect("binance")
    bought = await client.create_order("BTC/USDT", "market", "buy", 0.01)
    resting = await client.create_order("BTC/USDT", "limit", "buy", 0.01, 50_000)
    assert (await soon(client.fetch_order_ws(bought["id"], "BTC/USDT")))["status"] == "closed"
    assert [row["id"] for row in await soon(client.fetch_orders_ws("BTC/USDT"))] == [bought["id"], resting["id"]]
    assert [row["id"] for row in await soon(client.fetch_open_orders_ws("BTC/USDT"))] == [resting["id"]]
    over_socket = await soon(client.fetch_my_trades_ws("BTC/USDT"))
    assert [trade["info"] for trade in over_socket] == [trade["info"] for trade in await client.fetch_my_trades("BTC/USDT")]


@pytest.mark.parametrize(("name", "symbol", "amount"), [USDM, COINM], ids=["usdm", "coinm"])
async def test_positions_can_be_asked_for(connect, name, symbol, amount):
    client = connect(name)
    await client.create_order(symbol, "market", "sell", amount)
    held = [row for row in await soon(client.fetch_positions_ws([symbol])) if row["contracts"]]
    assert [(row["symbol"], row["side"], row["contracts"]) for row in held] == [(symbol, "short", amount)]
