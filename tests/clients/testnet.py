"""Starts and stops the testnet, and asks its own endpoints: accounts, prices, the audit."""

import json
import subprocess
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

# How long a cold start may take before it counts as broken.
START_SECONDS = 60


@dataclass
class Account:
    """Somebody who trades: a name, and a key that signs by HMAC."""

    name: str
    key: str
    secret: str


class Testnet:
    """A running testnet; a context manager that ends it as a user would, with SIGTERM."""

    __test__ = False

    def __init__(self, command):
        self.folder = tempfile.TemporaryDirectory()
        ready = Path(self.folder.name) / "ready.json"
        self.log = open(Path(self.folder.name) / "log", "w+")
        arguments = ["--exchange", "binance", "--port", "0", "--ready-file", str(ready), "--data", self.prices()]
        self.process = subprocess.Popen(command + arguments, stdout=self.log, stderr=subprocess.STDOUT)
        self.ready = self.wait_for(ready)
        self.address = self.ready["url"].removeprefix("http://")
        self.count = 0

    def prices(self):
        """A market whose prices stand still until a test moves them."""
        script = Path(self.folder.name) / "prices.txt"
        script.write_text("0s 60000\n")
        return f"script:{script}"

    def wait_for(self, ready):
        until = time.monotonic() + START_SECONDS
        while not ready.exists():
            if self.process.poll() is not None or time.monotonic() > until:
                self.log.seek(0)
                raise RuntimeError(f"the testnet did not start:\n{self.log.read()}")
            time.sleep(0.05)
        return json.loads(ready.read_text())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            code = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = "no word, so that it was killed"
        self.log.close()
        self.folder.cleanup()
        assert code == 0, f"the testnet ended with {code}"

    def instead_of(self, urls):
        """A client's addresses, each with the testnet's in front of the host."""
        if isinstance(urls, dict):
            return {name: self.instead_of(url) for name, url in urls.items()}
        parts = urlsplit(urls)
        scheme = {"https": "http", "wss": "ws"}[parts.scheme]
        return f"{scheme}://{self.address}/{parts.hostname}{parts.path}"

    def ask(self, path, body=None):
        """Asks an endpoint of the testnet's own."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://{self.address}/testnet/{path}", data=data)
        request.add_header("content-type", "application/json")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read(), parse_float=Decimal)

    def new_account(self):
        """An account with money in every wallet, the isolated one of a pair too, which is opened by what comes in."""
        self.count += 1
        made = self.ask("accounts", {"name": f"client-{self.count}"})
        for currency, amount in (("BTC", 10), ("USDT", 500_000)):
            self.ask("fund", {"account": made["name"], "wallet": "isolated:BTCUSDT", "currency": currency, "amount": amount})
        return Account(made["name"], made["keys"][0]["key"], made["keys"][0]["secret"])

    def set_price(self, market, price):
        """Moves a market that follows a script."""
        self.ask("price", {"market": market, "price": str(price)})

    def audit(self, account):
        """What the testnet has taken note of for an account, oldest first."""
        return self.ask(f"audit?account={account.name}")["lines"]
