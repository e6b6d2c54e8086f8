"""The two kinds of futures: what the same test trades on each."""

from dataclasses import dataclass
from decimal import Decimal

from amounts import exact


@dataclass(frozen=True)
class Futures:
    """An exchange of ccxt, and what to trade there."""

    client: str
    symbol: str
    market: str
    coin: str
    amount: float
    # Base coins in a contract; of an inverse contract, dollars.
    contract: Decimal
    is_inverse: bool
    # More than an account's wallet pays for at its own leverage of one.
    beyond_means: float

    def value(self, quantity, price):
        """What so much is worth, in the coin that margin is posted in."""
        size = exact(quantity) * self.contract
        return size / exact(price) if self.is_inverse else size * exact(price)


USDM = Futures("binanceusdm", "BTC/USDT:USDT", "linear:BTCUSDT", "USDT", 0.01, Decimal(1), False, 20)
COINM = Futures("binancecoinm", "BTC/USD:BTC", "inverse:BTCUSD_PERP", "BTC", 10, Decimal(100), True, 70_000)
BOTH = [USDM, COINM]
