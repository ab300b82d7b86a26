"""Bodies that do not sit in memory."""

import hashlib

from scrapy import Request

from scrapersky.net.spool import CHUNK, IN_MEMORY, Spool, spooled_body


def test_what_is_written_is_read() -> None:
    for size in (0, 1, CHUNK, IN_MEMORY + 1):
        data = bytes(range(256)) * (size // 256 + 1)
        spool = Spool()
        for at in range(0, size, 10_000):
            spool.write(data[at : min(at + 10_000, size)])
        for _ in range(2):
            chunks = list(spool.chunks())
            assert b"".join(chunks) == data[:size]
            assert max(map(len, chunks), default=0) <= CHUNK
        assert spool.size == size
        assert spool.digest == hashlib.sha256(data[:size]).digest()
        assert spool.getvalue() == b""
        spool.close()


def test_a_long_body_is_in_a_file() -> None:
    spool = Spool()
    spool.write(b"x" * (IN_MEMORY + 1))
    assert spool._file._rolled  # type: ignore[attr-defined]
    spool.clear()
    assert (spool.size, list(spool.chunks())) == (0, [])
    spool.close()


def test_an_answer_without_a_body_has_an_empty_one() -> None:
    request = Request("https://a.test/")
    body = spooled_body(request)
    assert body.size == 0
    assert spooled_body(request) is body
    body.close()
