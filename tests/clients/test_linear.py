"""ccxt on USD-M futures: what its contract has beyond the calls that COIN-M has too."""

import pytest

from amounts import exact
from contracts import USDM
from refusals import refused

SYMBOL = USDM.symbol


@pytest.fixture
def usdm(connect):
    return connect(USDM.client)


async def test_a_stop_for_the_whole_position_needs_no_quantity(usdm, testnet):
    testnet.set_price(USDM.market, 60_000)
    await usdm.create_order(SYMBOL, "market", "buy", 0.03)
    stop = await usdm.create_order(SYMBOL, "market", "sell", 0, None, {"stopLossPrice": 58_000, "closePosition": True})
    assert stop["info"]["closePosition"] in (True, "true")
    testnet.set_price(USDM.market, 57_900)
    held = [row for row in await usdm.fetch_positions([SYMBOL]) if row["contracts"]]
    assert held == []
    testnet.set_price(USDM.market, 60_000)


async def test_settings_are_shown_as_they_were_set(usdm):
    await usdm.load_markets()
    assert not (await usdm.fetch_position_mode(SYMBOL))["hedged"]
    await usdm.set_position_mode(True, SYMBOL)
    assert (await usdm.fetch_position_mode(SYMBOL))["hedged"]
    await usdm.set_leverage(7, SYMBOL)
    assert (await usdm.fetch_leverages([SYMBOL]))[SYMBOL]["longLeverage"] == 7
    await usdm.set_margin_mode("isolated", SYMBOL)
    assert (await usdm.fetch_margin_modes([SYMBOL]))[SYMBOL]["marginMode"] == "isolated"


async def test_tiers_fees_marks_and_open_interest_can_be_asked_for(usdm):
    tiers = (await usdm.fetch_leverage_tiers([SYMBOL]))[SYMBOL]
    assert tiers[0]["maxLeverage"] > tiers[-1]["maxLeverage"]
    assert all(low["maxNotional"] == high["minNotional"] for low, high in zip(tiers, tiers[1:]))
    fee = await usdm.fetch_trading_fee(SYMBOL)
    assert 0 < fee["maker"] < fee["taker"]
    assert (await usdm.fetch_mark_price(SYMBOL))["markPrice"] > 0
    assert (await usdm.fetch_open_interest(SYMBOL))["openInterestAmount"] > 0
    assert len(await usdm.fetch_funding_rate_history(SYMBOL)) > 0


async def test_margin_can_be_added_to_an_isolated_position(usdm):
    await usdm.set_margin_mode("isolated", SYMBOL)
    await usdm.create_order(SYMBOL, "market", "buy", 0.01)
    before = (await usdm.fetch_positions([SYMBOL]))[0]
    await usdm.add_margin(SYMBOL, 10)
    after = (await usdm.fetch_positions([SYMBOL]))[0]
    assert exact(after["info"]["isolatedWallet"]) == exact(before["info"]["isolatedWallet"]) + 10
    assert after["liquidationPrice"] < before["liquidationPrice"]


async def test_the_ledger_explains_the_wallet(usdm):
    await usdm.create_order(SYMBOL, "market", "buy", 0.01)
    await usdm.create_order(SYMBOL, "market", "sell", 0.01)
    trades = await usdm.fetch_my_trades(SYMBOL)
    ledger = await usdm.fetch_ledger("USDT")
    paid = sum(exact(row["info"]["income"]) for row in ledger if row["info"]["incomeType"] == "COMMISSION")
    assert paid == -sum(exact(trade["info"]["commission"]) for trade in trades)
    realized = sum(exact(row["info"]["income"]) for row in ledger if row["info"]["incomeType"] == "REALIZED_PNL")
    assert realized == sum(exact(trade["info"]["realizedPnl"]) for trade in trades)
    assert await usdm.fetch_funding_history(SYMBOL) == []


async def test_every_position_is_shown(usdm):
    await usdm.create_order(SYMBOL, "market", "buy", 0.01)
    await usdm.create_order("ETH/USDT:USDT", "market", "sell", 0.1)
    rows = {row["symbol"]: row["side"] for row in await usdm.fetch_positions_risk() if row["contracts"]}
    assert rows == {SYMBOL: "long", "ETH/USDT:USDT": "short"}


async def test_conditional_orders_of_the_old_call_are_sent_to_the_new_one(usdm):
    with refused(-4120):
        await usdm.fapiPrivatePostOrder(
            {"symbol": "BTCUSDT", "side": "SELL", "type": "STOP_MARKET", "quantity": "0.01", "stopPrice": "45000"}
        )
