"""ccxt in the mode that trades play money on the demo hosts of the exchange: they are answered as well."""

import pytest


@pytest.mark.parametrize(
    ("name", "symbol", "coin"),
    [("binance", "BTC/USDT", "USDT"), ("binanceusdm", "BTC/USDT:USDT", "USDT"), ("binancecoinm", "BTC/USD:BTC", "BTC")],
)
async def test_demo_trading_meets_the_same_exchange(connect, testnet, name, symbol, coin):
    client = connect(name)
    client.enable_demo_trading(True)
    client.urls["api"] = testnet.instead_of(client.urls["api"])
    assert "demo-" in str(client.urls["api"])
    order = await client.create_order(symbol, "limit", "buy", 10 if coin == "BTC" else 0.01, 50_000)
    assert [row["id"] for row in await client.fetch_open_orders(symbol)] == [order["id"]]
    used = (await client.fetch_balance())[coin]["used"]
    assert used == 500 if name == "binance" else used > 0
    hosts = {line["host"] for line in testnet.audit(client.trader) if line["kind"] == "request"}
    assert hosts and all(host.startswith("demo-") for host in hosts)
