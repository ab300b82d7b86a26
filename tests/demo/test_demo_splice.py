import gzip

from hypothesis import given
from hypothesis import strategies as st

from scrapersky.demo.splice import fixed_part, gzip_body, plain_body


@given(
    st.lists(st.binary(max_size=2_000), min_size=1, max_size=5),
    st.lists(st.binary(max_size=300), min_size=4, max_size=4),
)
def test_gzip_of_the_parts_is_gzip_of_the_whole(fixed: list[bytes], varying: list[bytes]) -> None:
    parts = [fixed_part(raw) for raw in fixed]
    between = varying[: len(parts) - 1]
    assert gzip.decompress(gzip_body(parts, between)) == plain_body(parts, between)


def test_the_whole_is_in_order() -> None:
    parts = [fixed_part(raw) for raw in (b"a", b"c", b"")]
    assert plain_body(parts, [b"b", b"d"]) == b"abcd"
