from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapersky.extract.json_ld import json_ld
from scrapersky.extract.page import parse_page


def read(*blocks: str, media_type: str = "application/ld+json") -> list[dict[str, Any]]:
    html = "".join(f'<script type="{media_type}">{block}</script>' for block in blocks)
    return json_ld(parse_page(html.encode(), url="https://bakery.test/", content_type=None).tree)


@pytest.mark.parametrize(
    ("block", "objects"),
    [
        ('{"a": 1}', [{"a": 1}]),
        ('[{"a": 1}, [{"a": 2}], "b", 3]', [{"a": 1}, {"a": 2}]),
        ('{"@graph": [{"a": 1}]}', [{"@graph": [{"a": 1}]}]),
        ('<!-- {"a": 1} -->', [{"a": 1}]),
        ('//<![CDATA[\n{"a": 1}\n//]]>', [{"a": 1}]),
        ('// <![CDATA[ {"a": 1} // ]]>', [{"a": 1}]),
        ('/* <![CDATA[ */ {"a": 1} /* ]]> */', [{"a": 1}]),
        ('<![CDATA[{"a": [[1]]}]]>', [{"a": [[1]]}]),
        ('{"a": 1} // note', [{"a": 1}]),
        ('{"a": [1, 2,], "b": 3, }', [{"a": [1, 2], "b": 3}]),
        ('{"a": "x, }//y/*z", }', [{"a": "x, }//y/*z"}]),
        ('{"a": "say \\"hi,]\\"",}', [{"a": 'say "hi,]"'}]),
        ('{"a": "two\nlines\tand a tab"}', [{"a": "two\nlines\tand a tab"}]),
        ('{"a": "\x01x"}', [{"a": "x"}]),
        ('{"a": 1}{"a": 2}', [{"a": 1}, {"a": 2}]),
        ('{"a": 1},\n{"a": 2};', [{"a": 1}, {"a": 2}]),
        ('{"a": 1}{"a": ', [{"a": 1}]),
        ('\ufeff{"a": 1}', [{"a": 1}]),
        ("{&quot;a&quot;: 1}", [{"a": 1}]),
        ('{"a": "\\u0000x\\ud800y", "\\u0000b": 1}', [{"a": "xy", "b": 1}]),
        ('{"a": NaN, "b": -Infinity, "c": 1e999}', [{"a": None, "b": None, "c": None}]),
        ('{"a": 18446744073709551615}', [{"a": 18446744073709551615}]),
        ('{"a": 184467440737095516150}', [{"a": 184467440737095516150.0}]),
        ('{"a": 184467440737095516150,}', [{"a": 184467440737095516150.0}]),
        ('{"a": 12,}', [{"a": 12}]),
        ('"text"', []),
        ("", []),
        ("undefined", []),
        ('{"a": 1', [{"a": 1}]),
        ("{'a': 1}", [{"a": 1}]),
        (
            '{"@type": "Bakery", "name": "The "Rye" Bakery"}',
            [{"@type": "Bakery", "name": 'The "Rye" Bakery'}],
        ),
        ('{"a": "x"}, {"a": broken"}, {"a": "z"}', [{"a": "x"}, {"a": "broken"}, {"a": "z"}]),
        ('var data = {"a": 1};', [{"a": 1}]),
    ],
)
def test_blocks(block: str, objects: list[dict[str, Any]]) -> None:
    found = read(block)
    assert found == objects
    orjson.dumps(found)


@pytest.mark.parametrize(
    ("media_type", "count"),
    [
        ("application/ld+json", 1),
        (" Application/LD+JSON; charset=utf-8", 1),
        ("application/json", 0),
        ("text/javascript", 0),
        ("", 0),
    ],
)
def test_media_types(media_type: str, count: int) -> None:
    assert len(read('{"a": 1}', media_type=media_type)) == count


def test_a_broken_block_loses_only_itself() -> None:
    assert read('{"a": 1}', "{broken", "[{", '{"a": 2}') == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize("comma", ["", ","])
def test_depth_is_bounded(comma: str) -> None:
    def nested(levels: int) -> str:
        return '{"a":' * levels + f"[1{comma}]" + "}" * levels

    assert len(read(nested(63))) == 1
    assert read(nested(64), nested(5_000), '{"b": 1}') == [{"b": 1}]


def test_size_is_bounded() -> None:
    def sized(size: int) -> str:
        return orjson.dumps({"a": "x" * size}).decode()

    assert len(read(sized(200_000), sized(100_000), sized(10_000))) == 2
    assert read(sized(300_000)) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(before=st.text('{}[]",:1a\\/*\n', max_size=12), value=JSON)
def test_whatever_is_read_can_be_stored(before: str, value: Any) -> None:
    from json import dumps

    assert b"\\u0000" not in orjson.dumps(read(before + dumps(value)))
