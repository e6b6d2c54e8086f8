"""Streams as their documentation has them, read by a plain client: envelopes, requests and their errors, books, listen keys."""

import asyncio

import pytest

from raw import call, dial

SPOT = "stream.binance.com:9443"
USDM = "fstream.binance.com"
COINM = "dstream.binance.com"

# The listen keys of futures: the call, the address of its events, the pair that is traded.
LISTEN_KEYS = [
    ("fapi.binance.com/fapi/v1", f"{USDM}/private/ws?listenKey={{}}", "binanceusdm", "BTC/USDT:USDT", 0.01),
    ("fapi.binance.com/fapi/v1", f"{USDM}/private/ws/{{}}", "binanceusdm", "BTC/USDT:USDT", 0.01),
    ("dapi.binance.com/dapi/v1", f"{COINM}/ws/{{}}", "binancecoinm", "BTC/USD:BTC", 10),
]

listen_keys = pytest.mark.parametrize(
    ("calls", "address", "name", "symbol", "amount"), LISTEN_KEYS, ids=["usdm-query", "usdm-path", "coinm"]
)


async def test_a_raw_address_sends_bare_events_and_a_combined_one_names_the_stream(testnet):
    async with dial(testnet, f"{SPOT}/ws/btcusdt@kline_1m") as bare:
        event = await bare.next()
        assert (event["e"], event["s"], event["k"]["i"]) == ("kline", "BTCUSDT", "1m")
    async with dial(testnet, f"{SPOT}/stream?streams=btcusdt@kline_1m/ethusdt@depth5@100ms") as combined:
        seen = {}
        while len(seen) < 2:
            message = await combined.next()
            assert set(message) == {"stream", "data"}
            seen[message["stream"]] = message["data"]
        assert set(seen) == {"btcusdt@kline_1m", "ethusdt@depth5@100ms"}
        assert set(seen["ethusdt@depth5@100ms"]) == {"lastUpdateId", "bids", "asks"}
        assert len(seen["ethusdt@depth5@100ms"]["bids"]) == 5


async def test_streams_are_subscribed_listed_and_left(testnet):
    async with dial(testnet, f"{SPOT}/ws") as socket:
        assert await socket.ask("SUBSCRIBE", ["btcusdt@depth5@100ms", "btcusdt@avgPrice"]) == {"result": None, "id": 1}
        listed = await socket.ask("LIST_SUBSCRIPTIONS")
        assert sorted(listed["result"]) == ["btcusdt@avgPrice", "btcusdt@depth5@100ms"]
        assert "bids" in await socket.next(lambda message: "bids" in message)
        assert await socket.ask("SET_PROPERTY", ["combined", True]) == {"result": None, "id": 3}
        assert (await socket.ask("GET_PROPERTY", ["combined"]))["result"] is True
        assert (await socket.next(lambda message: "stream" in message))["stream"].startswith("btcusdt@")
        await socket.ask("UNSUBSCRIBE", ["btcusdt@depth5@100ms", "btcusdt@avgPrice"])
        socket.waiting.clear()
        assert await socket.is_silent(1.5)


WRONG = [
    ("{", {"code": 3, "msg": "Invalid JSON: "}),
    ('{"params":["btcusdt@trade"],"id":1}', {"code": 2, "msg": "Invalid request: missing field `method` at line 1 column 35"}),
    (
        '{"method":"SUBSCRIBE","params":["btcusdt@trade"]}',
        {"code": 2, "msg": "Invalid request: request ID must be an unsigned integer"},
    ),
    (
        '{"method":"SUBSCRYBE","params":["btcusdt@trade"],"id":1}',
        {"code": 2, "msg": "Invalid request: unknown variant `SUBSCRYBE`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, "},
    ),
    ('{"method":"GET_PROPERTY","params":[1],"id":1}', {"code": 2, "msg": "Invalid request: property name must be a string"}),
    ('{"method":"GET_PROPERTY","params":["combined",true],"id":1}', {"code": 2, "msg": "Invalid request: too many parameters"}),
    ('{"method":"SET_PROPERTY","params":["speed",true],"id":9}', {"code": 0, "msg": "Unknown property", "id": 9}),
    (
        '{"method":"SET_PROPERTY","params":["combined","yes"],"id":1}',
        {"code": 1, "msg": "Invalid value type: expected Boolean"},
    ),
]


@pytest.mark.parametrize(("text", "answer"), WRONG, ids=[str(place) for place in range(len(WRONG))])
async def test_a_wrong_request_is_answered_as_documented_and_the_connection_lives(testnet, text, answer):
    async with dial(testnet, f"{SPOT}/ws") as socket:
        await socket.send(text)
        said = await socket.next()
        assert {**said, "msg": said["msg"][: len(answer["msg"])]} == answer
        assert (await socket.ask("LIST_SUBSCRIPTIONS"))["result"] == []


async def test_names_of_requests_may_be_numbers_texts_or_nothing(testnet):
    async with dial(testnet, f"{SPOT}/ws") as socket:
        for name in (-7, "a-name", None):
            await socket.send({"method": "LIST_SUBSCRIPTIONS", "id": name})
            assert await socket.next() == {"result": [], "id": name}


async def test_who_sends_too_many_requests_is_disconnected(testnet):
    async with dial(testnet, f"{SPOT}/ws") as socket:
        # "WebSocket connections have a limit of 5 incoming messages per second."
        for number in range(30):
            await socket.send({"method": "LIST_SUBSCRIPTIONS", "id": number})
        answers = 0
        while await socket.read() is not None:
            answers += 1
        assert 5 <= answers < 30


@pytest.mark.parametrize(
    ("host", "rest", "symbol"),
    [
        (f"{SPOT}/ws", "api.binance.com/api/v3/depth?symbol=BTCUSDT&limit=1000", "btcusdt"),
        (f"{USDM}/public/ws", "fapi.binance.com/fapi/v1/depth?symbol=BTCUSDT&limit=1000", "btcusdt"),
        (f"{COINM}/ws", "dapi.binance.com/dapi/v1/depth?symbol=BTCUSD_PERP&limit=1000", "btcusd_perp"),
    ],
    ids=["spot", "usdm", "coinm"],
)
async def test_a_book_that_is_kept_as_documented_is_the_exchange_s_own(testnet, host, rest, symbol):
    """ "How to manage a local order book correctly", and then the exchange's own book at the same number."""
    async with dial(testnet, f"{host}/{symbol}@depth@100ms") as socket:
        first = await socket.next()
        _, snapshot = await call(testnet, "GET", rest)
        while snapshot["lastUpdateId"] < first["U"]:
            await asyncio.sleep(0.2)
            _, snapshot = await call(testnet, "GET", rest)
        sides = {side: {price: quantity for price, quantity in snapshot[name]} for side, name in (("b", "bids"), ("a", "asks"))}
        last, at, checked, event = None, snapshot["lastUpdateId"], 0, first
        is_spot = host.startswith(SPOT)
        for _ in range(400):
            if last is not None:
                assert event["U"] == last["u"] + 1 if is_spot else event["pu"] == last["u"]
            last = event
            if event["u"] > at or (event["u"] == at and not is_spot):
                for side in ("b", "a"):
                    for price, quantity in event[side]:
                        sides[side].pop(price, None) if float(quantity) == 0 else sides[side].update({price: quantity})
                at = event["u"]
            _, now = await call(testnet, "GET", rest)
            if now["lastUpdateId"] == at:
                for side, name in (("b", "bids"), ("a", "asks")):
                    top = sorted(sides[side].items(), key=lambda level: float(level[0]), reverse=side == "b")
                    count = min(len(top), len(now[name]), 500)
                    assert [list(level) for level in top[:count]] == now[name][:count]
                checked += 1
                if checked == 3:
                    return
            event = await socket.next()
        raise AssertionError(f"the two were at the same number {checked} times only")


async def test_trades_are_numbered_without_gaps_and_aggregates_hold_all_of_them(testnet):
    async with dial(testnet, f"{SPOT}/stream?streams=btcusdt@trade/btcusdt@aggTrade") as socket:
        trades, aggregates = [], []
        while len(aggregates) < 6 or len(trades) < 8:
            message = (await socket.next())["data"]
            (trades if message["e"] == "trade" else aggregates).append(message)
        ids = [trade["t"] for trade in trades]
        assert ids == list(range(ids[0], ids[0] + len(ids)))
        assert [trade["a"] for trade in aggregates] == list(range(aggregates[0]["a"], aggregates[0]["a"] + len(aggregates)))
        for before, after in zip(aggregates, aggregates[1:]):
            assert after["f"] == before["l"] + 1


async def test_spot_tells_times_in_microseconds_where_that_is_asked_for(testnet):
    async with dial(testnet, f"{SPOT}/ws/btcusdt@kline_1m?timeUnit=MICROSECOND") as micros:
        event = await micros.next()
        assert len(str(event["E"])) == 16 and len(str(event["k"]["t"])) == 16
    async with dial(testnet, f"{SPOT}/ws/btcusdt@kline_1m") as millis:
        assert len(str((await millis.next())["E"])) == 13


async def test_each_path_of_linear_futures_carries_its_own_streams(testnet):
    book, mark = "btcusdt@depth5@100ms", "btcusdt@markPrice@1s"
    for path, carries in (("ws", book), ("public/ws", book), ("market/ws", mark)):
        async with dial(testnet, f"{USDM}/{path}") as socket:
            assert (await socket.ask("SUBSCRIBE", [book, mark]))["result"] is None
            kinds = {(await socket.next())["e"] for _ in range(3)}
            assert kinds == ({"depthUpdate"} if carries == book else {"markPriceUpdate"}), path


async def test_an_address_without_streams_is_not_found(testnet):
    status, _ = await call(testnet, "GET", f"{SPOT}/nothing")
    assert status == 404


async def opened(testnet, client, calls):
    status, answer = await call(testnet, "POST", f"{calls}/listenKey", client.trader.key)
    assert status == 200
    return answer["listenKey"]


@listen_keys
async def test_a_listen_key_that_is_over_says_so_and_is_silent(connect, testnet, calls, address, name, symbol, amount):
    client = connect(name)
    key = await opened(testnet, client, calls)
    assert await opened(testnet, client, calls) == key
    async with dial(testnet, address.format(key)) as socket:
        order = await client.create_order(symbol, "limit", "buy", amount, 50_000)
        told = await socket.next(lambda message: message["e"] == "ORDER_TRADE_UPDATE")
        assert str(told["o"]["i"]) == order["id"] and told["o"]["x"] == "NEW"
        testnet.ask("expire-listen-keys", {"account": client.trader.name})
        over = await socket.next(lambda message: message["e"] == "listenKeyExpired")
        assert over["listenKey"] == key and over["E"] > 0
        await client.cancel_order(order["id"], symbol)
        assert await socket.is_silent(1)
    status, refused = await call(testnet, "PUT", f"{calls}/listenKey", client.trader.key)
    assert (status, refused["code"]) == (400, -1125)
    again = await opened(testnet, client, calls)
    assert again != key
    async with dial(testnet, address.format(again)) as socket:
        order = await client.create_order(symbol, "limit", "buy", amount, 50_000)
        assert str((await socket.next(lambda message: message["e"] == "ORDER_TRADE_UPDATE"))["o"]["i"]) == order["id"]


@listen_keys
async def test_a_listen_key_that_is_closed_is_silent(connect, testnet, calls, address, name, symbol, amount):
    client = connect(name)
    key = await opened(testnet, client, calls)
    async with dial(testnet, address.format(key)) as socket:
        status, _ = await call(testnet, "DELETE", f"{calls}/listenKey", client.trader.key)
        assert status == 200
        await client.create_order(symbol, "limit", "buy", amount, 50_000)
        assert await socket.is_silent(1)


async def test_a_private_address_carries_the_events_that_it_names(connect, testnet):
    client = connect("binanceusdm")
    key = await opened(testnet, client, "fapi.binance.com/fapi/v1")
    async with dial(testnet, f"{USDM}/private/ws?listenKey={key}&events=ACCOUNT_UPDATE") as socket:
        await client.create_order("BTC/USDT:USDT", "market", "buy", 0.01)
        assert (await socket.next())["e"] == "ACCOUNT_UPDATE"
        await client.create_order("BTC/USDT:USDT", "limit", "buy", 0.01, 50_000)
        assert await socket.is_silent(1)


@pytest.mark.parametrize("isolated", ["", "&isIsolated=true&symbol=BTCUSDT"], ids=["cross", "isolated"])
async def test_a_listen_token_of_margin_ends_when_its_time_is_over(connect, testnet, isolated):
    client = connect("binance")
    # What the client asks for first must not take up the token's time.
    await client.load_markets()
    address = f"api.binance.com/sapi/v1/userListenToken?validity=4000{isolated}"
    status, made = await call(testnet, "POST", address, client.trader.key)
    assert status == 200
    async with dial(testnet, "ws-api.binance.com/ws-api/v3") as socket:
        began = await socket.ask("userDataStream.subscribe.listenToken", {"listenToken": made["token"]})
        assert began["result"] == {"subscriptionId": 0, "expirationTime": made["expirationTime"]}
        mode = {"marginMode": "isolated" if isolated else "cross"}
        order = await client.create_order("BTC/USDT", "limit", "buy", 0.01, 50_000, mode)
        told = await socket.next(lambda message: message.get("event", {}).get("e") == "executionReport")
        assert str(told["event"]["i"]) == order["id"]
        over = await socket.next(lambda message: message.get("event", {}).get("e") == "eventStreamTerminated")
        assert over["subscriptionId"] == 0 and over["event"]["E"] >= made["expirationTime"]
        refused = await socket.ask("userDataStream.subscribe.listenToken", {"listenToken": made["token"]})
        assert refused["error"]["code"] == -1209
