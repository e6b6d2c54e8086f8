"""Keys of all three kinds (HMAC, Ed25519, RSA): ccxt signs with them over REST and over sockets, and a plain client logs in."""

import asyncio
import itertools
import time

import ccxt
import pytest

from raw import dial, make_key, public
from testnet import Account

KINDS = ["hmac", "ed25519", "rsa"]
EXCHANGES = [("binance", "BTC/USDT", 0.01), ("binanceusdm", "BTC/USDT:USDT", 0.01), ("binancecoinm", "BTC/USD:BTC", 10)]
SPOT = "ws-api.binance.com:443/ws-api/v3"

each_kind = pytest.mark.parametrize("kind", KINDS)
numbers = itertools.count(1)


@pytest.fixture
def open_account(testnet):
    """Opens an account whose only key is of a kind."""

    def make(kind):
        key = make_key(kind)
        asked = {"name": f"{kind}-{next(numbers)}", "keys": [{key.known: public(key)}]}
        made = testnet.ask("accounts", asked)
        return Account(made["name"], made["keys"][0]["key"], key.secret), key

    return make


@each_kind
@pytest.mark.parametrize(("name", "symbol", "amount"), EXCHANGES, ids=[name for name, *_ in EXCHANGES])
async def test_an_order_is_placed_found_and_cancelled_with_each_kind_of_key(connect, open_account, kind, name, symbol, amount):
    account, _ = open_account(kind)
    client = connect(name, account)
    over_rest = await client.create_order(symbol, "limit", "buy", amount, 50_000)
    over_socket = await client.create_order_ws(symbol, "limit", "buy", amount, 50_001)
    found = await client.fetch_open_orders(symbol)
    assert {row["id"] for row in found} == {over_rest["id"], over_socket["id"]}
    await client.cancel_order_ws(over_rest["id"], symbol)
    await client.cancel_order(over_socket["id"], symbol)
    assert await client.fetch_open_orders(symbol) == []


@each_kind
async def test_each_kind_of_key_subscribes_to_the_events_of_its_account(connect, open_account, kind):
    account, _ = open_account(kind)
    client = connect("binance", account)
    await client.load_markets()
    watching = asyncio.ensure_future(client.watch_orders("BTC/USDT"))
    await asyncio.sleep(1)
    made = await client.create_order("BTC/USDT", "limit", "buy", 0.01, 50_000)
    assert [row["id"] for row in await asyncio.wait_for(watching, 20)] == [made["id"]]


@each_kind
async def test_another_key_of_the_same_kind_does_not_sign_for_it(connect, open_account, kind):
    account, _ = open_account(kind)
    strange = "another secret" if kind == "hmac" else make_key(kind).secret
    thief = connect("binance", Account(account.name, account.key, strange))
    with pytest.raises(ccxt.AuthenticationError, match="-1022"):
        await thief.fetch_balance()
    with pytest.raises(ccxt.AuthenticationError, match="-1022"):
        await thief.fetch_balance_ws()


@pytest.mark.parametrize("address", [SPOT, "ws-fapi.binance.com/ws-fapi/v1", "ws-dapi.binance.com/ws-dapi/v1"])
async def test_who_has_logged_in_signs_no_more(testnet, open_account, address):
    account, key = open_account("ed25519")
    async with dial(testnet, address) as socket:
        before = await socket.ask("session.status")
        assert before["result"]["apiKey"] is None and before["result"]["authorizedSince"] is None
        logged_in = await socket.ask("session.logon", key.signed(account.key))
        assert logged_in["status"] == 200 and logged_in["result"]["apiKey"] == account.key
        assert logged_in["result"]["authorizedSince"] >= logged_in["result"]["connectedSince"]
        unsigned = await socket.ask("account.status", {"timestamp": int(time.time() * 1000)})
        assert unsigned["status"] == 200, unsigned
        untimed = await socket.ask("account.status", {})
        assert (untimed["status"], untimed["error"]["code"]) == (400, -1102)
        late = await socket.ask("account.status", {"timestamp": int(time.time() * 1000) - 10_000})
        assert late["error"]["code"] == -1021
        out = await socket.ask("session.logout")
        assert out["status"] == 200 and out["result"]["apiKey"] is None
        refused = await socket.ask("account.status", {"timestamp": int(time.time() * 1000)})
        assert "error" in refused and refused["status"] in (400, 401)


@pytest.mark.parametrize("kind", ["hmac", "rsa"])
async def test_only_ed25519_keys_may_log_in(testnet, open_account, kind):
    account, key = open_account(kind)
    async with dial(testnet, SPOT) as socket:
        refused = await socket.ask("session.logon", key.signed(account.key))
        assert refused["status"] == 400 and refused["error"]["code"] == -4056
        assert (await socket.ask("session.status"))["result"]["apiKey"] is None
        signed = await socket.ask("account.status", key.signed(account.key))
        assert signed["status"] == 200


async def test_a_login_ends_with_its_subscription_and_no_other(testnet, open_account):
    (account, key), (other, other_key) = open_account("ed25519"), open_account("rsa")
    async with dial(testnet, SPOT) as socket:
        assert "error" in await socket.ask("userDataStream.subscribe")
        await socket.ask("session.logon", key.signed(account.key))
        first = await socket.ask("userDataStream.subscribe")
        second = await socket.ask("userDataStream.subscribe.signature", other_key.signed(other.key))
        assert (first["result"], second["result"]) == ({"subscriptionId": 0}, {"subscriptionId": 1})
        assert (await socket.ask("session.status"))["result"]["userDataStream"] is True
        listed = await socket.ask("session.subscriptions", {})
        assert listed["result"] == [{"subscriptionId": 0}, {"subscriptionId": 1}]
        out = await socket.ask("session.logout")
        assert out["result"]["userDataStream"] is True
        ended = await socket.next(lambda message: "event" in message)
        assert (ended["subscriptionId"], ended["event"]["e"]) == (0, "eventStreamTerminated")
        order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "price": "50000", "quantity": "0.01"}
        placed = await socket.ask("order.place", other_key.signed(other.key, **order))
        told = await socket.next(lambda message: message.get("event", {}).get("e") == "executionReport")
        assert (told["subscriptionId"], told["event"]["i"]) == (1, placed["result"]["orderId"])


async def test_over_sockets_letters_of_any_kind_are_signed_as_they_are(testnet, open_account):
    account, key = open_account("ed25519")
    async with dial(testnet, SPOT) as socket:
        refused = await socket.ask("openOrders.status", key.signed(account.key, symbol="这是测试币456"))
        assert refused["error"]["code"] == -1121, "the signature was right, the pair is none"
