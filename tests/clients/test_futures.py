"""ccxt on USD-M and COIN-M futures over REST: every call of its contract, with what must be true afterwards."""

import time

import ccxt
import pytest

from amounts import exact
from contracts import BOTH
from refusals import refused

pytestmark = pytest.mark.parametrize("kind", BOTH, ids=lambda kind: kind.client)

# What a taker pays, as the default account's tier has it.
TAKER = exact("0.0005")
MAKER = exact("0.0002")
# Amounts that the exchange rounds to eight digits.
DIGITS = exact("0.00000002")


async def wallet(client, kind):
    """The balance without what positions have gained."""
    rows = (await client.fetch_balance())["info"]["assets"]
    return next(exact(row["walletBalance"]) for row in rows if row["asset"] == kind.coin)


async def position(client, kind):
    rows = await client.fetch_positions([kind.symbol])
    return rows[0] if rows else None


async def test_markets_have_contracts(connect, kind):
    client = connect(kind.client)
    market = (await client.load_markets())[kind.symbol]
    assert market["swap"] and market["inverse"] == kind.is_inverse
    assert exact(market["contractSize"]) == kind.contract
    assert any(other["future"] and other["expiry"] for other in client.markets.values())


async def test_the_clock_is_right(connect, kind):
    assert abs(await connect(kind.client).fetch_time() - time.time() * 1000) < 5_000


async def test_market_data_fits_together(connect, kind):
    client = connect(kind.client)
    ticker = await client.fetch_ticker(kind.symbol)
    book = await client.fetch_order_book(kind.symbol, 50)
    assert len(book["bids"]) == len(book["asks"]) == 50 and book["bids"][0][0] < book["asks"][0][0]
    assert ticker["low"] <= ticker["last"] <= ticker["high"]
    bars = await client.fetch_ohlcv(kind.symbol, "1m", limit=100)
    assert len(bars) == 100 and {b[0] - a[0] for a, b in zip(bars, bars[1:])} == {60_000}
    since = bars[10][0] // 3_600_000 * 3_600_000
    assert all(bar[0] % 3_600_000 == 0 for bar in await client.fetch_ohlcv(kind.symbol, "1h", since=since, limit=100))
    trades = await client.fetch_trades(kind.symbol, limit=50)
    assert len(trades) == 50
    rate = await client.fetch_funding_rate(kind.symbol)
    assert rate["markPrice"] > 0 and rate["indexPrice"] > 0 and rate["fundingTimestamp"] > rate["timestamp"]


async def test_a_market_order_opens_a_position_and_costs_its_fee(connect, kind):
    client = connect(kind.client)
    before = await wallet(client, kind)
    order = await client.create_order(kind.symbol, "market", "buy", kind.amount)
    trades = [trade for trade in await client.fetch_my_trades(kind.symbol) if trade["order"] == order["id"]]
    assert sum(exact(trade["info"]["qty"]) for trade in trades) == exact(kind.amount)
    fee = sum(exact(trade["info"]["commission"]) for trade in trades)
    worth = sum(kind.value(trade["info"]["qty"], trade["info"]["price"]) for trade in trades)
    assert abs(fee - worth * TAKER) <= DIGITS * len(trades)
    assert {trade["fee"]["currency"] for trade in trades} == {kind.coin}
    assert await wallet(client, kind) == before - fee
    held = await position(client, kind)
    assert held["side"] == "long" and held["contracts"] == kind.amount
    cost = worth / exact(kind.amount) / kind.contract
    entry = 1 / cost if kind.is_inverse else cost
    assert abs(exact(held["info"]["entryPrice"]) - entry) < exact("0.0001")
    await client.create_order(kind.symbol, "market", "sell", kind.amount)
    closed = await position(client, kind)
    assert closed is None or closed["contracts"] == 0


async def test_closing_realises_what_the_price_has_brought(connect, testnet, kind):
    client = connect(kind.client)
    testnet.set_price(kind.market, 60_000)
    await client.create_order(kind.symbol, "market", "buy", kind.amount)
    testnet.set_price(kind.market, 61_000)
    before = await wallet(client, kind)
    close = await client.create_order(kind.symbol, "market", "sell", kind.amount, params={"reduceOnly": True})
    trades = await client.fetch_my_trades(kind.symbol)
    opening = [trade for trade in trades if trade["side"] == "buy"]
    closing = [trade for trade in trades if trade["order"] == close["id"]]
    realized = sum(exact(trade["info"]["realizedPnl"]) for trade in closing)
    fees = sum(exact(trade["info"]["commission"]) for trade in closing)
    bought = sum(kind.value(trade["info"]["qty"], trade["info"]["price"]) for trade in opening)
    sold = sum(kind.value(trade["info"]["qty"], trade["info"]["price"]) for trade in closing)
    expected = bought - sold if kind.is_inverse else sold - bought
    assert realized > 0 and abs(realized - expected) <= DIGITS * len(trades)
    assert await wallet(client, kind) == before + realized - fees
    testnet.set_price(kind.market, 60_000)


async def test_a_limit_needs_margin_until_it_is_cancelled(connect, kind):
    client = connect(kind.client)
    order = await client.create_order(kind.symbol, "limit", "buy", kind.amount, 50_000)
    assert order["status"] == "open"
    needed = (await client.fetch_balance())[kind.coin]["used"]
    assert needed > 0
    assert [row["id"] for row in await client.fetch_open_orders(kind.symbol)] == [order["id"]]
    assert (await client.cancel_order(order["id"], kind.symbol))["status"] == "canceled"
    assert (await client.fetch_balance())[kind.coin]["used"] == 0
    assert await client.fetch_open_orders(kind.symbol) == []
    assert (await client.fetch_order(order["id"], kind.symbol))["status"] == "canceled"


async def test_a_post_only_order_rests_or_is_refused(connect, kind):
    client = connect(kind.client)
    resting = await client.create_order(kind.symbol, "limit", "buy", kind.amount, 50_000, {"postOnly": True})
    assert resting["info"]["timeInForce"] == "GTX" and resting["status"] == "open"
    with refused(-5022):
        await client.create_order(kind.symbol, "limit", "buy", kind.amount, 62_000, {"postOnly": True})


async def test_an_immediate_order_that_meets_nobody_is_over_at_once(connect, kind):
    client = connect(kind.client)
    params = {"timeInForce": "IOC", "clientOrderId": "myid1"}
    order = await client.create_order(kind.symbol, "limit", "buy", kind.amount, 50_000, params)
    after = await client.fetch_order(order["id"], kind.symbol)
    assert after["clientOrderId"] == "myid1" and after["status"] in ("expired", "canceled") and after["filled"] == 0


async def test_what_only_reduces_is_refused_where_there_is_nothing(connect, kind):
    client = connect(kind.client)
    with refused(-2022):
        await client.create_order(kind.symbol, "limit", "sell", kind.amount, 62_000, {"reduceOnly": True})


CONDITIONAL = [
    ("market", None, {"triggerPrice": 45_000}, "STOP_MARKET"),
    ("limit", 44_900, {"triggerPrice": 45_000}, "STOP"),
    ("market", None, {"stopLossPrice": 45_000, "reduceOnly": True}, "STOP_MARKET"),
    ("market", None, {"takeProfitPrice": 70_000, "reduceOnly": True}, "TAKE_PROFIT_MARKET"),
    ("market", None, {"trailingPercent": 1, "trailingTriggerPrice": 71_000, "reduceOnly": True}, "TRAILING_STOP_MARKET"),
]


@pytest.mark.parametrize(("order_type", "price", "params", "shown"), CONDITIONAL, ids=lambda value: str(value))
async def test_a_conditional_order_waits_and_can_be_taken_back(connect, kind, order_type, price, params, shown):
    client = connect(kind.client)
    await client.create_order(kind.symbol, "market", "buy", kind.amount)
    order = await client.create_order(kind.symbol, order_type, "sell", kind.amount, price, params)
    stood = await client.fetch_order(order["id"], kind.symbol, {"trigger": True})
    assert stood["info"]["orderType"] == shown and stood["status"] == "open"
    assert [row["id"] for row in await client.fetch_open_orders(kind.symbol, params={"trigger": True})] == [order["id"]]
    await client.cancel_order(order["id"], kind.symbol, {"trigger": True})
    assert await client.fetch_open_orders(kind.symbol, params={"trigger": True}) == []


async def test_a_limit_that_only_reduces_rests_beside_its_position(connect, kind):
    client = connect(kind.client)
    await client.create_order(kind.symbol, "market", "buy", kind.amount)
    order = await client.create_order(kind.symbol, "limit", "sell", kind.amount, 62_000, {"reduceOnly": True})
    assert order["status"] == "open" and (await client.fetch_order(order["id"], kind.symbol))["reduceOnly"]
    await client.create_order(kind.symbol, "market", "sell", kind.amount)
    after = await client.fetch_order(order["id"], kind.symbol)
    assert after["status"] in ("canceled", "expired") and after["filled"] == 0


async def test_parameters_that_nobody_knows_are_refused(connect, testnet, kind):
    client = connect(kind.client)
    with refused(-1104):
        await client.create_order(
            kind.symbol, "limit", "buy", kind.amount, 50_000, {"stopLoss": {"triggerPrice": 45_000}, "takeProfit": {"triggerPrice": 60_000}}
        )
    assert await client.fetch_orders(kind.symbol) == []
    assert [line for line in testnet.audit(client.trader) if line["kind"] == "order"] == []


async def test_a_limit_is_executed_at_its_price_when_the_market_comes(connect, testnet, kind):
    testnet.set_price(kind.market, 60_000)
    client = connect(kind.client)
    order = await client.create_order(kind.symbol, "limit", "buy", kind.amount, 59_000)
    testnet.set_price(kind.market, 58_500)
    after = await client.fetch_order(order["id"], kind.symbol)
    assert after["status"] == "closed" and after["filled"] == kind.amount
    # The client reckons an average of its own from coins that are rounded to eight digits.
    assert exact(after["info"]["avgPrice"]) == 59_000
    trades = await client.fetch_my_trades(kind.symbol)
    assert {trade["takerOrMaker"] for trade in trades} == {"maker"}
    fee = sum(exact(trade["info"]["commission"]) for trade in trades)
    assert abs(fee - kind.value(kind.amount, 59_000) * MAKER) <= DIGITS * len(trades)
    assert await client.fetch_open_orders(kind.symbol) == []
    testnet.set_price(kind.market, 60_000)


async def test_a_trailing_stop_follows_the_price_and_sells_when_it_turns(connect, testnet, kind):
    testnet.set_price(kind.market, 60_000)
    client = connect(kind.client)
    await client.create_order(kind.symbol, "market", "buy", kind.amount)
    params = {"trailingPercent": 1, "trailingTriggerPrice": 60_500, "reduceOnly": True}
    await client.create_order(kind.symbol, "market", "sell", kind.amount, None, params)
    for price in (60_600, 61_000, 60_500):
        testnet.set_price(kind.market, price)
        assert (await position(client, kind))["contracts"] == kind.amount
    # One percent below 61,000 is 60,390.
    testnet.set_price(kind.market, 60_380)
    held = await position(client, kind)
    assert held is None or held["contracts"] == 0
    assert await client.fetch_open_orders(kind.symbol, params={"trigger": True}) == []
    testnet.set_price(kind.market, 60_000)


async def test_a_stop_closes_the_position_when_its_price_comes(connect, testnet, kind):
    client = connect(kind.client)
    testnet.set_price(kind.market, 60_000)
    await client.create_order(kind.symbol, "market", "buy", kind.amount)
    await client.create_order(kind.symbol, "market", "sell", kind.amount, None, {"stopLossPrice": 58_000})
    testnet.set_price(kind.market, 57_900)
    held = await position(client, kind)
    assert held is None or held["contracts"] == 0
    last = (await client.fetch_my_trades(kind.symbol))[-1]
    assert last["side"] == "sell" and last["price"] < 58_000
    testnet.set_price(kind.market, 60_000)


async def test_all_conditional_orders_are_cancelled_at_once(connect, kind):
    client = connect(kind.client)
    for price in (45_000, 46_000):
        await client.create_order(kind.symbol, "market", "sell", kind.amount, None, {"triggerPrice": price})
    await client.create_order(kind.symbol, "limit", "buy", kind.amount, 50_000)
    await client.cancel_all_orders(kind.symbol, {"trigger": True})
    assert await client.fetch_open_orders(kind.symbol, params={"trigger": True}) == []
    assert len(await client.fetch_open_orders(kind.symbol)) == 1
    await client.cancel_all_orders(kind.symbol)
    assert await client.fetch_open_orders(kind.symbol) == []


async def test_an_edited_order_keeps_its_name(connect, kind):
    client = connect(kind.client)
    order = await client.create_order(kind.symbol, "limit", "buy", kind.amount, 50_000)
    edited = await client.edit_order(order["id"], kind.symbol, "limit", "buy", kind.amount * 2, 50_100)
    assert edited["id"] == order["id"]
    now = await client.fetch_order(order["id"], kind.symbol)
    assert now["price"] == 50_100 and now["amount"] == kind.amount * 2 and now["status"] == "open"


async def test_orders_of_a_batch_stand_and_fall_one_by_one(connect, kind):
    client = connect(kind.client)
    order = {"symbol": kind.symbol, "type": "limit", "side": "buy", "amount": kind.amount}
    prices = (50_000, 70_000, 50_001)
    made = await client.create_orders([{**order, "price": price} for price in prices])
    # The client puts them into an order of its own.
    assert [int(row["info"]["code"]) for row in made if row["id"] is None] == [-4016]
    ids = [row["id"] for row in made if row["id"] is not None]
    assert {row["price"] for row in made if row["id"] is not None} == {50_000, 50_001}
    assert {row["id"] for row in await client.fetch_open_orders(kind.symbol)} == set(ids)
    await client.cancel_orders(ids, kind.symbol)
    assert await client.fetch_open_orders(kind.symbol) == []
    assert [row["status"] for row in await client.fetch_orders(kind.symbol)] == ["canceled", "canceled"]


async def test_the_history_holds_every_order_and_every_trade(connect, kind):
    client = connect(kind.client)
    first = await client.create_order(kind.symbol, "market", "buy", kind.amount)
    second = await client.create_order(kind.symbol, "market", "sell", kind.amount)
    third = await client.create_order(kind.symbol, "limit", "buy", kind.amount, 50_000)
    assert [order["id"] for order in await client.fetch_orders(kind.symbol)] == [first["id"], second["id"], third["id"]]
    assert [order["id"] for order in await client.fetch_closed_orders(kind.symbol)] == [first["id"], second["id"]]
    trades = await client.fetch_my_trades(kind.symbol)
    for order in (first, second):
        assert sum(exact(t["info"]["qty"]) for t in trades if t["order"] == order["id"]) == exact(kind.amount)


async def test_leverage_and_margin_mode_are_kept(connect, kind):
    client = connect(kind.client)
    assert (await client.set_leverage(5, kind.symbol))["leverage"] in (5, "5")
    await client.set_margin_mode("isolated", kind.symbol)
    await client.create_order(kind.symbol, "market", "buy", kind.amount)
    held = await position(client, kind)
    assert held["marginMode"] == "isolated" and held["liquidationPrice"] < held["entryPrice"]
    # The third version of USD-M's positions has no leverage ("Position Information V3"): it is a setting of the symbol.
    leverage = held["leverage"] if kind.is_inverse else (await client.fetch_leverages([kind.symbol]))[kind.symbol]["longLeverage"]
    assert leverage == 5
    margin = kind.value(kind.amount, held["info"]["entryPrice"]) / 5
    assert abs(exact(held["info"]["isolatedWallet"]) / margin - 1) < exact("0.01")


async def test_a_hedged_account_holds_both_legs(connect, kind):
    client = connect(kind.client)
    await client.load_markets()
    await client.set_position_mode(True, kind.symbol)
    await client.create_order(kind.symbol, "market", "buy", kind.amount, params={"hedged": True})
    await client.create_order(kind.symbol, "market", "sell", kind.amount, params={"hedged": True})
    legs = {row["side"]: row["contracts"] for row in await client.fetch_positions([kind.symbol]) if row["contracts"]}
    assert legs == {"long": kind.amount, "short": kind.amount}
    resting = await client.create_order(kind.symbol, "limit", "buy", kind.amount, 50_000, {"positionSide": "LONG"})
    assert resting["info"]["positionSide"] == "LONG" and resting["status"] == "open"
    await client.create_order(kind.symbol, "market", "sell", kind.amount, params={"hedged": True, "reduceOnly": True})
    legs = {row["side"] for row in await client.fetch_positions([kind.symbol]) if row["contracts"]}
    assert legs == {"short"}
    # Neither the mode nor an order without a leg goes with that.
    with refused(-4068 if len(await client.fetch_open_orders(kind.symbol)) == 0 else -4067):
        await client.set_position_mode(False, kind.symbol)
    with refused(-4061):
        await client.create_order(kind.symbol, "limit", "buy", kind.amount, 50_000)


async def test_wrong_orders_are_refused_for_what_is_wrong(connect, kind):
    client = connect(kind.client)
    await client.set_leverage(1, kind.symbol)
    with refused(-2019):
        await client.create_order(kind.symbol, "limit", "buy", kind.beyond_means, 59_000)
    with refused(-4016):
        await client.create_order(kind.symbol, "limit", "buy", kind.amount, 70_000)
    with refused(-4014):
        await client.create_order(kind.symbol, "limit", "buy", kind.amount, 59_000, {"price": "59000.01"})
    with refused(-4003 if kind.is_inverse else -4164):
        await client.create_order(kind.symbol, "limit", "buy", kind.amount, 4_000, {"quantity": "0" if kind.is_inverse else "0.001"})
    with pytest.raises(ccxt.OrderNotFound):
        await client.cancel_order("999999999", kind.symbol)
    with pytest.raises(ccxt.OrderNotFound):
        await client.fetch_order("999999999", kind.symbol)
    stranger = connect(kind.client)
    stranger.secret = "not the secret"
    with pytest.raises(ccxt.AuthenticationError):
        await stranger.fetch_balance()
