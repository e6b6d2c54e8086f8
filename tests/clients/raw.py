"""A client of sockets that is written from the exchange's documentation alone, and keys of the three kinds that sign there."""

import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

# How long an answer or an event may take.
PATIENCE = 20


class Socket:
    """A connection: requests by number, and whatever else comes, in order."""

    def __init__(self, connection):
        self.connection = connection
        self.numbers = itertools.count(1)
        self.waiting = []

    async def send(self, message):
        text = message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)
        await self.connection.send_str(text)

    async def read(self):
        """The next message; `None` where the other side has ended it."""
        frame = await asyncio.wait_for(self.connection.receive(), PATIENCE)
        return json.loads(frame.data) if frame.type == aiohttp.WSMsgType.TEXT else None

    async def next(self, is_wanted=lambda message: True):
        """The next message of this kind; others are kept for later."""
        for place, message in enumerate(self.waiting):
            if is_wanted(message):
                return self.waiting.pop(place)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            message = await self.read()
            if message is None or is_wanted(message):
                return message
            self.waiting.append(message)
        raise TimeoutError

    async def ask(self, method, params=None):
        """Asks, and waits for the answer of that number."""
        number = next(self.numbers)
        await self.send({"id": number, "method": method, **({} if params is None else {"params": params})})
        return await self.next(lambda message: "id" in message and message["id"] == number)

    async def is_silent(self, seconds):
        """Whether nothing comes for so long."""
        if self.waiting:
            return False
        try:
            await asyncio.wait_for(self.connection.receive(), seconds)
        except asyncio.TimeoutError:
            return True
        return False


@asynccontextmanager
async def dial(testnet, address):
    """A socket to an address of the exchange, such as `stream.binance.com/ws`."""
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(f"ws://{testnet.address}/{address}") as connection:
            yield Socket(connection)


async def call(testnet, method, address, key=None):
    """A call without a signature."""
    headers = {} if key is None else {"X-MBX-APIKEY": key}
    async with aiohttp.ClientSession() as session:
        async with session.request(method, f"http://{testnet.address}/{address}", headers=headers) as answer:
            return answer.status, await answer.json()


@dataclass(frozen=True)
class Key:
    """What signs: the secret as a client is given it, what the exchange is told of it, and how a text is signed."""

    kind: str
    secret: str
    known: str
    private: object = None

    def sign(self, text):
        data = text.encode()
        if self.kind == "hmac":
            return hmac.new(self.secret.encode(), data, hashlib.sha256).hexdigest()
        if self.kind == "ed25519":
            return base64.b64encode(self.private.sign(data)).decode()
        return base64.b64encode(self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())).decode()

    def signed(self, key, **params):
        """Parameters of a request over a socket, signed: sorted by name, as they are written."""
        params = {"apiKey": key, "timestamp": int(time.time() * 1000), **params}
        text = "&".join(f"{name}={value}" for name, value in sorted(params.items()))
        return {**params, "signature": self.sign(text)}


def make_key(kind):
    """A new key of a kind: `hmac`, `ed25519` or `rsa`."""
    if kind == "hmac":
        return Key(kind, "a secret that somebody has chosen", "secret")
    made = ed25519.Ed25519PrivateKey.generate() if kind == "ed25519" else rsa.generate_private_key(65537, 2048)
    secret = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Key(kind, secret.decode(), kind, made)


def public(key):
    """What the exchange is told of a key."""
    if key.kind == "hmac":
        return key.secret
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return key.private.public_key().public_bytes(encoding, form).decode()
