"""Bodies put together from parts that were compressed once.

Raw deflate can be cut at byte boundaries (a full flush) and joined again, with small stored blocks
in between; only gzip's checksum covers all. CRC-32 is affine in its start value, so a fixed part
takes a checksum to the next one by table, without its bytes being read again.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from struct import pack

# https://www.rfc-editor.org/rfc/rfc1952#section-2.3: deflate, no flags, no time, unknown system.
GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
FINAL_BLOCK = b"\x01\x00\x00\xff\xff"


@dataclass(frozen=True, slots=True)
class FixedPart:
    """A part that is the same in every body."""

    raw: bytes
    packed: bytes
    crc_tables: tuple[tuple[int, ...], ...]
    """What each value of the checksum's four bytes, lowest first, adds to the next checksum."""

    def crc(self, before: int) -> int:
        """The checksum behind this part, from the one before it."""
        one, two, three, four = self.crc_tables
        return (
            one[before & 255]
            ^ two[before >> 8 & 255]
            ^ three[before >> 16 & 255]
            ^ four[before >> 24]
        )


def fixed_part(raw: bytes) -> FixedPart:
    """Compresses a part, once and for all."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = packer.compress(raw) + packer.flush(zlib.Z_FULL_FLUSH)
    base = zlib.crc32(raw)
    bits = [zlib.crc32(raw, 1 << bit) ^ base for bit in range(32)]
    tables = [_table(bits[start : start + 8]) for start in range(0, 32, 8)]
    first = tuple(value ^ base for value in tables[0])
    return FixedPart(raw, packed, (first, *tables[1:]))


def plain_body(parts: Sequence[FixedPart], between: Sequence[bytes]) -> bytes:
    """The parts, with what varies between each two of them: one fewer than there are parts."""
    pieces = [part.raw + varying for part, varying in zip(parts[:-1], between, strict=True)]
    return b"".join(pieces) + parts[-1].raw


def gzip_body(parts: Sequence[FixedPart], between: Sequence[bytes]) -> bytes:
    """The same, as gzip. What varies may have 65,535 bytes at each place."""
    crc = size = 0
    pieces = [GZIP_HEAD]
    for index, part in enumerate(parts):
        pieces.append(part.packed)
        crc = part.crc(crc)
        size += len(part.raw)
        if index < len(between):
            pieces.append(_stored(between[index]))
            crc = zlib.crc32(between[index], crc)
            size += len(between[index])
    pieces.append(FINAL_BLOCK + pack("<II", crc, size & 0xFFFFFFFF))
    return b"".join(pieces)


def _stored(data: bytes) -> bytes:
    """A block without compression: https://www.rfc-editor.org/rfc/rfc1951#section-3.2.4."""
    return pack("<BHH", 0, len(data), len(data) ^ 0xFFFF) + data


def _table(bits: list[int]) -> tuple[int, ...]:
    table = [0] * 256
    for value in range(1, 256):
        low = value & -value
        table[value] = table[value ^ low] ^ bits[low.bit_length() - 1]
    return tuple(table)
