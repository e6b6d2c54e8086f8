"""What an exchange refuses, by the code that it gives.

A client chooses some of its exceptions by the host of the address, which here is another one: the code is what the exchange said.
"""

import re

import ccxt
import pytest


def refused(code):
    """The exchange refuses what is done within, and gives this code."""
    return pytest.raises(ccxt.ExchangeError, match=re.escape(f'"code":{code},'))
