"""How a test takes what is offered on a market whose prices never stand still."""


async def take(client, symbol, side, amount):
    """Buys or sells at once, by a limit a few ticks beyond the best price: an option's price follows a volatility that wanders, and has
    no market orders."""
    book = await client.fetch_order_book(symbol, 10)
    beyond = 5 * client.markets[symbol]["precision"]["price"]
    price = book["asks"][0][0] + beyond if side == "buy" else book["bids"][0][0] - beyond
    return await client.create_order(symbol, "limit", side, amount, client.price_to_precision(symbol, price))


async def executions(client, symbol, order):
    """What an order has done so far."""
    return [trade for trade in await client.fetch_my_trades(symbol) if trade["order"] == order["id"]]
