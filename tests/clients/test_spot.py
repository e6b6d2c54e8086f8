"""ccxt on spot over REST: every call of its contract, with what must be true afterwards."""

import time

import ccxt
import pytest

from amounts import bought, exact, spot_balances
from refusals import refused

PAIR = "BTC/USDT"


@pytest.fixture
def spot(connect):
    return connect("binance")


async def free_and_locked(client, coin):
    return spot_balances(await client.fetch_balance()).get(coin, (0, 0))


async def test_markets_have_the_rules_that_orders_must_keep(spot):
    markets = await spot.load_markets()
    pair = markets[PAIR]
    assert pair["spot"] and pair["active"]
    assert exact(pair["precision"]["price"]) > 0 and exact(pair["precision"]["amount"]) > 0
    assert exact(pair["limits"]["cost"]["min"]) > 0
    assert {"BTC/USDT:USDT", "BTC/USD:BTC"} <= set(markets)


async def test_the_clock_is_right(spot):
    assert abs(await spot.fetch_time() - time.time() * 1000) < 5_000


async def test_market_data_fits_together(spot):
    ticker = await spot.fetch_ticker(PAIR)
    book = await spot.fetch_order_book(PAIR, 50)
    assert len(book["bids"]) == len(book["asks"]) == 50
    assert book["bids"] == sorted(book["bids"], reverse=True) and book["asks"] == sorted(book["asks"])
    assert book["bids"][0][0] < book["asks"][0][0]
    assert ticker["low"] <= ticker["last"] <= ticker["high"]
    bars = await spot.fetch_ohlcv(PAIR, "1m", limit=100)
    assert len(bars) == 100
    assert {later[0] - earlier[0] for earlier, later in zip(bars, bars[1:])} == {60_000}
    assert all(low <= min(opened, close) and max(opened, close) <= high for _, opened, high, low, close, _ in bars)
    since = bars[10][0] // 3_600_000 * 3_600_000
    hours = await spot.fetch_ohlcv(PAIR, "1h", since=since, limit=100)
    assert hours[0][0] >= since and all(bar[0] % 3_600_000 == 0 for bar in hours)
    trades = await spot.fetch_trades(PAIR, limit=50)
    assert len(trades) == 50
    ids = [int(trade["id"]) for trade in trades]
    assert ids == list(range(ids[0], ids[0] + 50))


async def test_a_market_buy_moves_the_balance_by_price_times_quantity_plus_fee(spot):
    usdt, btc = await free_and_locked(spot, "USDT"), await free_and_locked(spot, "BTC")
    order = await spot.create_order(PAIR, "market", "buy", 0.01)
    assert order["status"] == "closed" and order["filled"] == 0.01
    coins, cost, commission = bought(order["info"]["fills"])
    assert {fill["commissionAsset"] for fill in order["info"]["fills"]} == {"BTC"}
    assert commission == coins * exact("0.001")
    assert (await free_and_locked(spot, "USDT"))[0] == usdt[0] - cost
    assert (await free_and_locked(spot, "BTC"))[0] == btc[0] + coins - commission


async def test_a_market_sell_brings_price_times_quantity_less_fee(spot):
    usdt, btc = await free_and_locked(spot, "USDT"), await free_and_locked(spot, "BTC")
    order = await spot.create_order(PAIR, "market", "sell", 0.02)
    coins, worth, commission = bought(order["info"]["fills"])
    assert coins == exact("0.02")
    assert (await free_and_locked(spot, "USDT"))[0] == usdt[0] + worth - commission
    assert (await free_and_locked(spot, "BTC"))[0] == btc[0] - coins


async def test_a_market_buy_by_cost_spends_no_more(spot):
    order = await spot.create_market_buy_order_with_cost(PAIR, 100)
    assert 99 < order["cost"] <= 100 and order["status"] == "closed"


async def test_a_limit_locks_what_it_may_cost_until_it_is_cancelled(spot):
    free, locked = await free_and_locked(spot, "USDT")
    order = await spot.create_order(PAIR, "limit", "buy", 0.01, 50_000)
    assert order["status"] == "open" and order["filled"] == 0
    assert await free_and_locked(spot, "USDT") == (free - 500, locked + 500)
    assert [row["id"] for row in await spot.fetch_open_orders(PAIR)] == [order["id"]]
    assert (await spot.fetch_order(order["id"], PAIR))["price"] == 50_000
    cancelled = await spot.cancel_order(order["id"], PAIR)
    assert cancelled["status"] == "canceled"
    assert await free_and_locked(spot, "USDT") == (free, locked)
    assert await spot.fetch_open_orders(PAIR) == []


async def test_a_post_only_order_rests_or_is_refused(spot):
    resting = await spot.create_order(PAIR, "limit", "buy", 0.01, 50_000, {"postOnly": True})
    assert (await spot.fetch_order(resting["id"], PAIR))["postOnly"]
    with pytest.raises(ccxt.OrderImmediatelyFillable):
        await spot.create_order(PAIR, "limit", "buy", 0.01, 70_000, {"postOnly": True})


async def test_an_immediate_order_that_meets_nobody_is_over_at_once(spot):
    order = await spot.create_order(PAIR, "limit", "buy", 0.01, 50_000, {"timeInForce": "IOC", "clientOrderId": "myid1"})
    assert order["clientOrderId"] == "myid1"
    after = await spot.fetch_order(order["id"], PAIR)
    assert after["status"] in ("expired", "canceled") and after["filled"] == 0


@pytest.mark.parametrize(
    ("kind", "price", "params", "shown"),
    [
        ("market", None, {"triggerPrice": 45_000}, "STOP_LOSS"),
        ("limit", 44_900, {"triggerPrice": 45_000}, "STOP_LOSS_LIMIT"),
        ("market", None, {"stopLossPrice": 45_000}, "STOP_LOSS"),
        ("market", None, {"takeProfitPrice": 90_000}, "TAKE_PROFIT"),
    ],
)
async def test_a_conditional_order_waits_and_can_be_taken_back(spot, kind, price, params, shown):
    order = await spot.create_order(PAIR, kind, "sell", 0.01, price, params)
    stood = await spot.fetch_order(order["id"], PAIR, {"trigger": True})
    assert stood["status"] == "open" and stood["info"]["type"] == shown
    assert [row["id"] for row in await spot.fetch_open_orders(PAIR, params={"trigger": True})] == [order["id"]]
    await spot.cancel_order(order["id"], PAIR, {"trigger": True})
    assert await spot.fetch_open_orders(PAIR) == []


async def test_parameters_that_nobody_knows_are_refused(spot):
    with refused(-1104):
        await spot.create_order(
            PAIR, "limit", "buy", 0.01, 50_000, {"stopLoss": {"triggerPrice": 45_000}, "takeProfit": {"triggerPrice": 70_000}}
        )
    assert await spot.fetch_orders(PAIR) == []


async def test_a_trailing_order_that_is_neither_stop_nor_profit_is_refused_by_the_client(spot, testnet):
    await spot.load_markets()
    with pytest.raises(ccxt.InvalidOrder, match="trailingPercent"):
        await spot.create_order(PAIR, "market", "sell", 0.01, None, {"trailingPercent": 1})
    sent = [line for line in testnet.audit(spot.trader) if line["kind"] == "request"]
    assert [line for line in sent if line["method"] == "POST"] == []


async def test_a_limit_is_executed_at_its_price_when_the_market_comes(spot, testnet):
    testnet.set_price("spot:BTCUSDT", 60_000)
    usdt, btc = await free_and_locked(spot, "USDT"), await free_and_locked(spot, "BTC")
    order = await spot.create_order(PAIR, "limit", "buy", 0.01, 59_000)
    testnet.set_price("spot:BTCUSDT", 58_500)
    after = await spot.fetch_order(order["id"], PAIR)
    assert after["status"] == "closed" and after["filled"] == 0.01 and after["cost"] == 590
    trades = await spot.fetch_my_trades(PAIR)
    assert {trade["takerOrMaker"] for trade in trades} == {"maker"}
    fee = sum(exact(trade["info"]["commission"]) for trade in trades)
    assert fee == exact("0.01") * exact("0.001")
    assert await free_and_locked(spot, "USDT") == (usdt[0] - 590, usdt[1])
    assert await free_and_locked(spot, "BTC") == (btc[0] + exact("0.01") - fee, btc[1])
    testnet.set_price("spot:BTCUSDT", 60_000)


@pytest.mark.parametrize(("name", "trigger", "reached"), [("stopLossPrice", 58_000, 57_900), ("takeProfitPrice", 62_000, 62_100)])
async def test_a_conditional_order_is_executed_when_its_price_comes(spot, testnet, name, trigger, reached):
    testnet.set_price("spot:BTCUSDT", 60_000)
    order = await spot.create_order(PAIR, "market", "sell", 0.01, None, {name: trigger})
    assert (await free_and_locked(spot, "BTC"))[1] == exact("0.01")
    testnet.set_price("spot:BTCUSDT", reached)
    after = await spot.fetch_order(order["id"], PAIR)
    assert after["status"] == "closed" and abs(after["average"] - reached) < 10
    assert (await free_and_locked(spot, "BTC"))[1] == 0
    testnet.set_price("spot:BTCUSDT", 60_000)


async def test_the_audit_knows_what_was_sent_and_what_became_of_it(spot, testnet):
    order = await spot.create_order(PAIR, "limit", "buy", 0.01, 50_000)
    await spot.cancel_order(order["id"], PAIR)
    lines = testnet.audit(spot.trader)
    sent = [(line["method"], line["path"], line["status"]) for line in lines if line["kind"] == "request" and "/order" in line["path"]]
    assert sent == [("POST", "/api/v3/order", 200), ("DELETE", "/api/v3/order", 200)]
    assert [line["change"] for line in lines if line["kind"] == "order" and line["order"] == int(order["id"])] == ["new", "cancelled"]
    assert spot.secret not in str(lines) and "signature=***" in str(lines)


async def test_an_edited_order_is_replaced(spot):
    order = await spot.create_order(PAIR, "limit", "buy", 0.01, 50_000)
    edited = await spot.edit_order(order["id"], PAIR, "limit", "buy", 0.01, 50_100)
    assert edited["id"] != order["id"] and edited["price"] == 50_100
    assert (await spot.fetch_order(order["id"], PAIR))["status"] == "canceled"
    assert [row["id"] for row in await spot.fetch_open_orders(PAIR)] == [edited["id"]]


@pytest.mark.parametrize("params", [{}, {"trigger": True}])
async def test_all_orders_of_a_pair_are_cancelled_at_once(spot, params):
    for price in (50_000, 50_100, 50_200):
        await spot.create_order(PAIR, "limit", "buy", 0.01, price)
    await spot.cancel_all_orders(PAIR, params)
    assert await spot.fetch_open_orders(PAIR) == []
    assert len(await spot.fetch_orders(PAIR)) == 3


async def test_the_history_holds_every_order_and_every_trade(spot):
    first = await spot.create_order(PAIR, "market", "buy", 0.01)
    second = await spot.create_order(PAIR, "market", "sell", 0.01)
    orders = await spot.fetch_orders(PAIR)
    assert [order["id"] for order in orders] == [first["id"], second["id"]]
    assert [order["id"] for order in await spot.fetch_closed_orders(PAIR)] == [first["id"], second["id"]]
    trades = await spot.fetch_my_trades(PAIR)
    for order in (first, second):
        mine = [trade for trade in trades if trade["order"] == order["id"]]
        assert sum(exact(trade["info"]["qty"]) for trade in mine) == exact("0.01")
        assert sum(exact(trade["info"]["quoteQty"]) for trade in mine) == exact(order["info"]["cummulativeQuoteQty"])


async def test_wrong_orders_are_refused_for_what_is_wrong(spot, connect):
    with pytest.raises(ccxt.InsufficientFunds):
        await spot.create_order(PAIR, "limit", "buy", 100, 50_000)
    with pytest.raises(ccxt.OrderNotFound):
        await spot.cancel_order("999999999", PAIR)
    with pytest.raises(ccxt.OrderNotFound):
        await spot.fetch_order("999999999", PAIR)
    with pytest.raises(ccxt.InvalidOrder, match="LOT_SIZE"):
        await spot.create_order(PAIR, "limit", "buy", 0.01, 50_000, {"quantity": "0.0100001"})
    with refused(-1013):
        await spot.create_order(PAIR, "limit", "buy", 0.00002, 50_000)
    with pytest.raises(ccxt.BadSymbol):
        await spot.publicGetTicker24hr({"symbol": "NOSUCHPAIR"})
    stranger = connect("binance")
    stranger.secret = "not the secret"
    with pytest.raises(ccxt.AuthenticationError):
        await stranger.fetch_balance()


async def test_a_duplicate_name_is_refused_while_the_first_stands(spot):
    await spot.create_order(PAIR, "limit", "buy", 0.01, 50_000, {"clientOrderId": "twice"})
    with refused(-2010):
        await spot.create_order(PAIR, "limit", "buy", 0.01, 50_000, {"clientOrderId": "twice"})
    assert len(await spot.fetch_open_orders(PAIR)) == 1
