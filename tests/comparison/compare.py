"""One strategy on the same bars, in this project's tester and in `backtesting` from PyPI, held against each other.

The strategy is that of `examples/binance-ema`: an EMA cross that fills at the next bar's open, one BTC a trade, a taker fee, no
stops. Ours is run as a user runs it and its report is read; the other runs in this process. Then every round trip (side, size,
both times, both prices, profit, fees, why it ended), the equity at every bar's close and the final equity are compared.

The one decision: a difference is either computed in advance, from the rules of both testers, or it fails. There is one of them:
what is open at the end we close at the last close, and pay the fee for it; the other leaves it open and marks it at that close.

    python compare.py DATA.csv [--expert PATH]

Without `--expert` it builds and runs the example with cargo. Exits with 1 where anything differs. Nothing here says which of the
two is right where both have the same mistake; `tests/src/reference` is for that.
"""

import argparse
import csv
import json
import math
import os
import subprocess
import sys
import tempfile
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import backtesting
from backtesting import Backtest, Strategy

# What stays open at its end is compared below.
warnings.filterwarnings("ignore", message="Some trades remain open")

CAPITAL = 1_000_000
"""Enough that no order is refused for want of money: `backtesting` trades whole units only, so a trade is one whole BTC."""
SIZE = 1
FEE_PCT = "0.05"
ROUNDING = 1e-9
"""Relative to the capital: `backtesting` adds floats up, ours decimals."""


@dataclass(frozen=True)
class Case:
    """The knobs of one comparison."""

    fast: int
    slow: int
    allow_short: bool

    def __str__(self):
        return f"EMA {self.fast}/{self.slow}, {'long and short' if self.allow_short else 'long only'}"


CASES = [Case(12, 26, True), Case(12, 26, False), Case(5, 100, True), Case(50, 200, True)]


@dataclass
class Result:
    """What a tester says of a case, in the terms that both know."""

    trips: list
    """(entry time, exit time, side, size, entry price, exit price, profit after fees, exit reason), by time of exit."""
    equity: np.ndarray
    final_equity: float
    seconds: float


def ema(values, length):
    """This project's definition: the first value seeds, `e += alpha * (x - e)`, alpha = 2 / (n + 1)."""
    alpha, average, averages = 2.0 / (length + 1.0), None, []
    for value in values:
        average = value if average is None else average + alpha * (value - average)
        averages.append(average)
    return np.array(averages)


def theirs(bars, case):
    """The case in `backtesting`."""

    class Cross(Strategy):
        def init(self):
            self.fast = self.I(ema, self.data.Close, case.fast)
            self.slow = self.I(ema, self.data.Close, case.slow)
            self.above = None

        def next(self):
            difference = self.fast[-1] - self.slow[-1]
            if difference == 0.0:
                return
            before, self.above = self.above, difference > 0.0
            crossed = before is not None and before != self.above
            # A length of n may signal from the n-th bar on.
            if not crossed or len(self.data) < case.slow:
                return
            self.position.close()
            if self.above:
                self.buy(size=SIZE)
            elif case.allow_short:
                self.sell(size=SIZE)

    began = time.monotonic()
    fee = float(FEE_PCT) / 100
    stats = Backtest(bars, Cross, cash=CAPITAL, commission=fee).run()
    seconds = time.monotonic() - began
    trips = [
        (
            trade.EntryTime,
            trade.ExitTime,
            "long" if trade.Size > 0 else "short",
            abs(trade.Size),
            trade.EntryPrice,
            trade.ExitPrice,
            trade.PnL,
            "signal",
        )
        for trade in stats._trades.itertuples()
    ]
    equity = stats._equity_curve["Equity"].to_numpy().copy()
    final_equity = equity[-1]
    # What is open at the end, closed as our rules close it: at the last close, with the fee for it.
    for trade in stats._strategy.trades:
        close, time_of_close = bars["Close"].iloc[-1], bars.index[-1] + (bars.index[1] - bars.index[0])
        exit_fee = abs(trade.size) * close * fee
        entry_fee = abs(trade.size) * trade.entry_price * fee
        side = "long" if trade.is_long else "short"
        profit = trade.pl - entry_fee - exit_fee
        trips.append((trade.entry_time, time_of_close, side, abs(trade.size), trade.entry_price, close, profit, "end_of_data"))
        final_equity -= exit_fee
    return Result(in_order(trips), equity, final_equity, seconds)


def ours(expert, data, case):
    """The case in this project's tester: its report, as any reader of it finds it."""
    with tempfile.TemporaryDirectory() as home:
        flags = {
            "trade-mode": "backtest",
            "data": str(data),
            "timeframe": "1m",
            "report": "report",
            "initial-capital": str(CAPITAL),
            "taker-fee-pct": FEE_PCT,
            "maker-fee-pct": FEE_PCT,
            # The data's prices have up to three decimals; on the tick of our table, 0.1, fills would be rounded. The other knows no tick.
            "tick-size": "0.001",
            "lot-size": "1",
            "size-type": "fixed_base",
            "size-value": str(SIZE),
            "log-to-file": "false",
            "fast": str(case.fast),
            "slow": str(case.slow),
            "allow-short": str(case.allow_short).lower(),
        }
        words = [word for name, value in flags.items() for word in (f"--{name}", value)]
        # Nothing of this machine's environment or folders configures the run.
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        began = time.monotonic()
        ended = subprocess.run([expert, *words], cwd=home, env=environment, capture_output=True, text=True)
        seconds = time.monotonic() - began
        if ended.returncode != 0:
            sys.exit(f"{expert} ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}")
        report = Path(home, "report")
        summary = json.loads((report / "report.json").read_text())["summary"]
        trips = [
            (
                moment(trip["entry_time"]),
                moment(trip["exit_time"]),
                trip["side"],
                float(trip["quantity"]),
                float(trip["entry_price"]),
                float(trip["exit_price"]),
                float(trip["net_pnl"]),
                trip["exit_reason"],
            )
            for trip in rows(report / "round_trips.csv")
        ]
        equity = np.array([float(line["equity"]) for line in rows(report / "equity.csv")])
        if summary["rejected"]:
            print(f"  refused by our venue: {summary['rejected']}")
        return Result(in_order(trips), equity, float(summary["final_equity"]), seconds)


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def moment(text):
    return pd.Timestamp(text).tz_localize(None)


def in_order(trips):
    return sorted(trips, key=lambda trip: (trip[1], trip[0]))


def same(a, b):
    """Numbers to rounding, all else exactly."""
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return math.isclose(a, b, rel_tol=0.0, abs_tol=ROUNDING * CAPITAL)
    return a == b


def differences(our, their):
    """Every difference that the rules of the two testers do not explain, as a line each."""
    if len(our.trips) != len(their.trips):
        yield f"round trips: ours {len(our.trips)}, theirs {len(their.trips)}"
    for number, (a, b) in enumerate(zip(our.trips, their.trips), 1):
        if not all(same(x, y) for x, y in zip(a, b)):
            yield f"round trip {number}:\n    ours   {a}\n    theirs {b}"
    if len(our.equity) != len(their.equity):
        yield f"lines of equity: ours {len(our.equity)}, theirs {len(their.equity)}"
    # Our last line is the final equity, after the close at the end; it is compared as such below.
    for line, (a, b) in enumerate(zip(our.equity[:-1], their.equity[:-1]), 1):
        if not same(float(a), float(b)):
            yield f"equity at close {line}: ours {a}, theirs {b}"
    if not same(our.final_equity, float(their.final_equity)):
        yield f"final equity: ours {our.final_equity}, theirs {their.final_equity}"
    if not same(float(our.equity[-1]), our.final_equity):
        yield f"our last line of equity is {our.equity[-1]}, and our final equity {our.final_equity}"


def read_bars(data):
    bars = pd.read_csv(data, index_col="timestamp", parse_dates=True)
    return bars.rename(columns=str.capitalize)


def build_expert():
    """Builds the example in release mode and says where it is."""
    root = Path(__file__).resolve().parents[2]
    command = ["cargo", "build", "--release", "--quiet", "-p", "binance-ema", "--message-format", "json"]
    built = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    messages = map(json.loads, built.stdout.splitlines())
    of_example = (message for message in messages if message.get("target", {}).get("name") == "binance-ema")
    return next(message["executable"] for message in of_example if message.get("executable"))


def main():
    parser = argparse.ArgumentParser(description="Compares this project's tester with `backtesting` from PyPI.")
    parser.add_argument("data", type=Path, help="one-minute bars: timestamp,open,high,low,close,volume")
    parser.add_argument("--expert", help="the program of examples/binance-ema; built with cargo where it is not named")
    arguments = parser.parse_args()
    expert = arguments.expert or build_expert()
    data = arguments.data.resolve()
    bars = read_bars(data)
    print(f"{len(bars)} bars of {data.name}; backtesting {backtesting.__version__}")
    failed = False
    for case in CASES:
        our, their = ours(expert, data, case), theirs(bars, case)
        found = list(differences(our, their))
        apart = abs(our.final_equity - float(their.final_equity))
        print(
            f"{case}: {len(our.trips)} round trips, final equity {our.final_equity:.4f}, apart by {apart:.1e};"
            f" ours {our.seconds:.2f} s as a whole program, theirs {their.seconds:.2f} s in process;"
            f" {len(found) or 'no'} unexplained differences"
        )
        for difference in found[:20]:
            print(f"  {difference}")
        failed |= bool(found) or not our.trips
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
