"""What a company looks like: its colour, its icon, its pictures."""

import colorsys
import struct
import zlib
from html import escape

from scrapersky.demo.response import Response, text


class Artwork:
    """Made from the domain, so that it is the same each time."""

    def __init__(self, domain: str, emoji: str) -> None:
        self._hue = zlib.crc32(domain.encode()) % 360
        self._emoji = emoji

    @property
    def color(self) -> str:
        """For links and stripes; dark enough for white letters on it."""
        return f"hsl({self._hue} 48% 34%)"

    @property
    def soft(self) -> str:
        """For areas behind dark letters."""
        return f"hsl({self._hue} 55% 94%)"

    def icon(self) -> Response:
        """The emoji on a coloured disc, as SVG."""
        return text(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
            f'<circle cx="32" cy="32" r="31" fill="{self.soft}"/>'
            f'<text x="32" y="44" font-size="34" text-anchor="middle">{escape(self._emoji)}</text>'
            "</svg>",
            media_type="image/svg+xml",
        )

    def picture(self, width: int, height: int) -> Response:
        """A PNG in the colour of the house."""
        rgb = colorsys.hls_to_rgb(self._hue / 360, 0.34, 0.48)
        pixel = bytes(round(255 * part) for part in rgb)
        header = struct.pack(">IIBBBBB", width, height, 1, 3, 0, 0, 0)  # one bit into the palette
        rows = zlib.compress(bytes((1 + (width + 7) // 8) * height))
        parts = (b"IHDR", header), (b"PLTE", pixel), (b"IDAT", rows), (b"IEND", b"")
        chunks = b"".join(_chunk(kind, data) for kind, data in parts)
        return Response(200, {"Content-Type": "image/png"}, b"\x89PNG\r\n\x1a\n" + chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    """https://www.w3.org/TR/png-3/#5Chunk-layout."""
    length, check = struct.pack(">I", len(data)), struct.pack(">I", zlib.crc32(kind + data))
    return length + kind + data + check
