from typing import Any

import pytest

from scrapersky.extract.loose_json import loose_json


@pytest.mark.parametrize(
    ("text", "values"),
    [
        # Quotes inside of strings.
        ('{"a": "The "Rye" Bakery", "b": 1}', [{"a": 'The "Rye" Bakery', "b": 1}]),
        ('{"a": "Say "yes", and bake", "b": 1}', [{"a": 'Say "yes", and bake', "b": 1}]),
        ('{"a": "A 12" loaf", "b": "x"}', [{"a": 'A 12" loaf', "b": "x"}]),
        ('{"a": "say \\"hi\\"" "b": 1}', [{"a": 'say "hi"', "b": 1}]),
        ("{'a': 'It's rye', 'b': 'x'}", [{"a": "It's rye", "b": "x"}]),
        ('{"a": "C:\\x, \\"q\\""}', [{"a": 'C:\\x, "q"'}]),
        ('{"a": "two\nlines"}', [{"a": "two\nlines"}]),
        ("{\u201ca\u201d: \u201cx\u201d}", [{"a": "x"}]),
        # Commas.
        ('{"a": "x"\n"b": "y"}', [{"a": "x", "b": "y"}]),
        ('{"a": 1 \n "b": 2,,}', [{"a": 1, "b": 2}]),
        ('[{"a": 1}{"a": 2},]', [[{"a": 1}, {"a": 2}]]),
        ('{"a": ["x" "y", "z",]}', [{"a": ["x", "y", "z"]}]),
        ('{"a": , "b": }', [{"a": None, "b": None}]),
        # Brackets.
        ('{"a": [1, {"b": "x"], "c": 3}', [{"a": [1, {"b": "x"}], "c": 3}]),
        ('{"a": {"b": "x"', [{"a": {"b": "x"}}]),
        ('[{"a": 1}, {"a": 2', [[{"a": 1}, {"a": 2}]]),
        ('{"a": 1}}', [{"a": 1}]),
        ('{"a": 1} {"b', [{"a": 1}]),
        # Names and words without quotes.
        ("{a: Rye Ltd, $b: true, c: undefined}", [{"a": "Rye Ltd", "$b": True, "c": None}]),
        ('{"a": 012, "b": -1.5e3, "c": 1-2}', [{"a": "012", "b": -1500.0, "c": "1-2"}]),
        ('{"a": rye", "b": 1}', [{"a": "rye", "b": 1}]),
        # Text and comments around it, and what a template left.
        ('window.x = {"a": 1};\nf();', [{"a": 1}]),
        ('<!-- {"a": 1, /* note */ "b": 2 // end\n} -->', [{"a": 1, "b": 2}]),
        ('{"a": {{ site.name }}, "b": <?= $b ?>, "c": 1}', [{"a": None, "b": None, "c": 1}]),
        ('{"a": "{{ site.name }}"}', [{"a": "{{ site.name }}"}]),
        # Nothing.
        ("", []),
        ("[]{}", []),
        ("}]", []),
        ("no JSON at all", []),
    ],
)
def test_values(text: str, values: list[Any]) -> None:
    assert loose_json(text) == values


@pytest.mark.parametrize(
    "text",
    [
        '{"' * 5_000,
        '{"a" "' * 5_000,
        '["a" b' * 5_000,
        "{" * 20_000,
        "[" * 20_000,
        '{"a":"' + '" , ' * 5_000,
        '{"a":' + " " * 20_000,
        '{"a":"' + '\\"' * 10_000,
        "{%" * 10_000,
        "{a:b " * 5_000,
        "/*" * 10_000,
        "[1] " * 10_000,
    ],
)
def test_hostile_text_ends(text: str) -> None:
    assert isinstance(loose_json(text), list)


def test_what_was_read_before_the_work_became_too_much_is_kept() -> None:
    assert loose_json('{"a": 1, "b": ' + "[" * 100 + "]" * 100 + "}") == [{"a": 1}]
