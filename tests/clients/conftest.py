"""The testnet that the clients of this folder trade on, an account of its own for each test, and the clients themselves.

A client is changed in one thing: the address. `TESTNET_COMMAND` names the command that starts the testnet.
"""

import os
import shlex

import ccxt.pro
import pytest
import pytest_asyncio

from listening import note_answers
from testnet import Testnet

COMMAND = os.environ.get("TESTNET_COMMAND", "metaexpert testnet")


@pytest.fixture(scope="session")
def testnet():
    with Testnet(shlex.split(COMMAND)) as running:
        yield running


@pytest.fixture(scope="session")
def hurried():
    """A testnet whose markets live twenty minutes in every second, so that funding comes every 24; few, that it may keep up."""
    with Testnet([*shlex.split(COMMAND), "--speed", "1200", "--symbols", "BTCUSDT,BTCUSD_PERP"]) as running:
        yield running


@pytest_asyncio.fixture
async def connect(testnet):
    """Makes a client of an exchange, with an account of its own unless it is given one."""
    clients = []

    def make(name, account=None, at=testnet, **options):
        account = account or at.new_account()
        client = getattr(ccxt.pro, name)({"apiKey": account.key, "secret": account.secret, "options": options})
        client.urls["api"] = at.instead_of(client.urls["api"])
        client.trader = account
        note_answers(client)
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.close()
