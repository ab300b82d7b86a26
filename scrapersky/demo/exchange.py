"""One request on one connection, as a behaviour sees it."""

import socket
import struct
from asyncio import StreamReader, StreamWriter
from dataclasses import dataclass

from scrapersky.demo.request import Request


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, and the connection on which to answer it, well or badly."""

    request: Request
    reader: StreamReader
    writer: StreamWriter

    async def send(self, data: bytes) -> None:
        """Sends, and waits while the client is slower than we are.

        Raises:
            ConnectionError: the client has left.
        """
        if self.writer.is_closing():  # of which asyncio logs each further write
            raise ConnectionResetError("The client has left.")
        self.writer.write(data)
        await self.writer.drain()

    def close(self) -> None:
        """Ends the connection once all is sent."""
        self.writer.close()

    def reset(self) -> None:
        """Ends the connection at once with RST, which is what closing without lingering does."""
        raw: socket.socket = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def until_client_leaves(self) -> None:
        """Reads and forgets. It ends with the connection, so no task outlives its client."""
        while await self.reader.read(65_536):
            pass
