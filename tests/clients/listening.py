"""How tests wait for what a client's streams say."""

import asyncio

# How long a message of a stream may take: streams send every few seconds at most.
PATIENCE = 20


async def soon(awaitable):
    return await asyncio.wait_for(awaitable, PATIENCE)


async def while_watching(client, watch, act):
    """What a stream says first of something that is done once it listens."""
    await client.load_markets()
    watching = asyncio.ensure_future(watch())
    await listens(client, watching)
    done = await act()
    return done, await soon(watching)


def note_answers(client):
    """Has a client keep which of its sockets' requests were answered: of a public stream's subscription it awaits none itself."""
    client.answered = set()
    handle = client.handle_message

    def handle_and_note(socket, message):
        if isinstance(message, dict) and "id" in message:
            client.answered.add((socket.url, str(message["id"])))
        handle(socket, message)

    client.handle_message = handle_and_note


async def listens(client, watching):
    """Waits until the client has a connection and no request open that would subscribe it."""

    def is_open(socket):
        return socket.connection is not None and not socket.closed()

    def is_asking(socket):
        asked = client.options["requestId"].get(socket.url, 0)
        answered = sum(url == socket.url for url, _ in client.answered)
        return answered < asked or any(name.isdigit() or name.startswith("authenticate") for name in socket.futures)

    async def wait():
        while not watching.done():
            sockets = list(client.clients.values())
            if any(map(is_open, sockets)) and not any(map(is_asking, sockets)):
                # A stream that is named by its address asks for nothing: its server may be a moment behind the handshake.
                await asyncio.sleep(0.3)
                return
            await asyncio.sleep(0.02)

    await soon(wait())


async def until(watch, told, is_right):
    """Goes on watching until what was told is right."""

    async def wait(told):
        while not is_right(told):
            told = await watch()
        return told

    return await soon(wait(told))
