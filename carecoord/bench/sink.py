"""A mail server that takes everything and writes down each Message-ID: quick enough to measure who fills it.

`python -m carecoord.bench.sink PORT FILE`, or with a third word, `keep`: then each message is on the disk before the
sender hears that it is taken, as a mail server owes it to him (RFC 5321, 6.1). Otherwise it keeps none.
"""

import asyncio
import os
import re
import sys
from pathlib import Path
from typing import BinaryIO

MESSAGE_ID = re.compile(rb"^message-id: *<([^>]*)>", re.IGNORECASE | re.MULTILINE)
REPLIES = {
    b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
    b"DATA": b"354 Go on\r\n",
    b"QUIT": b"221 Bye\r\n",
}
END = b"\r\n.\r\n"


class Session(asyncio.Protocol):
    """One connection: commands line by line, and after DATA everything up to the lone dot."""

    def __init__(self, log: BinaryIO, spool: BinaryIO | None) -> None:
        self.log, self.spool, self.buffer, self.in_message = log, spool, b"", False
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # nosec B101
        self.transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while self._took_message() if self.in_message else self._took_command():
            pass

    def _took_message(self) -> bool:
        message, dot, rest = self.buffer.partition(END)
        if not dot:
            return False
        if self.spool:
            self.spool.write(message)
            os.fdatasync(self.spool.fileno())
        found = MESSAGE_ID.search(message)
        self.log.write((found[1] if found else b"none") + b"\n")
        self.buffer, self.in_message = rest, False
        self.transport.write(b"250 Taken\r\n")
        return True

    def _took_command(self) -> bool:
        line, end, rest = self.buffer.partition(b"\r\n")
        if not end:
            return False
        verb = line[:4].upper()
        self.buffer, self.in_message = rest, verb == b"DATA"
        self.transport.write(REPLIES.get(verb, b"250 OK\r\n"))
        if verb == b"QUIT":
            self.transport.close()
        return True


async def serve(port: int, path: Path, *, keeps: bool) -> None:
    """What was taken is in the file before the sender hears of it: unbuffered."""
    with path.open("ab", buffering=0) as log, path.with_suffix(".spool").open("ab", buffering=0) as spool:
        listen = asyncio.get_running_loop().create_server
        server = await listen(lambda: Session(log, spool if keeps else None), "127.0.0.1", port)
        async with server:
            await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), keeps=sys.argv[3:] == ["keep"]))
