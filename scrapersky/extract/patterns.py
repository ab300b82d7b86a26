r"""A rule's pattern: a regular expression whose cost is known before it is run.

It is only tried around a literal that each of its matches must contain. So a page is scanned once
for the literals of all patterns, and what a pattern may cost at one place is reckoned from its
parts when it is loaded; what could cost too much is refused.

The form is the widely used one: the expression, then tags, each after `\;`: `version:\1`,
`theme:\1` (ours) and `confidence:50`. `\1?a:b` is a if the first group matched, else b.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice, takewhile

# Private, and unchanged since long before Python 3; `sre_parse`, its public name, is deprecated.
from re import _constants as sre  # type: ignore[attr-defined, unused-ignore]
from re import _parser  # type: ignore[attr-defined, unused-ignore]
from typing import Any

MAX_TIMES = 100
"""What `*`, `+` and `{n,}` mean at most."""
MIN_LITERAL = 3
"""Characters of the literal that a pattern needs where it is searched for in long text."""
MAX_VALUE = 500
"""Characters of a meta element, header or cookie in which a pattern without literal is searched."""
MAX_COST = 100_000
"""Steps that a pattern may take at one place, at worst."""
MAX_LINES = 20
"""Values of one name in which a pattern without literal is searched."""
_BUDGET = 200_000  # steps that a pattern may take in one text, at worst: some 20 ms
_MAX_ATTEMPTS = 10_000
_TAGS = frozenset({"version", "theme", "confidence"})
_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\?\+?|\{\d*,?\d+\}[+?]?"
    r"|(?P<many>[*+]|\{(?P<least>\d+),\})(?P<mode>[+?]?)",
    re.DOTALL,
)
# Of these every page is full.
_COMMON = re.compile(
    rb"</?(?:body|div|form|html|iframe|img|input|li|link|meta|script|section|span|style|!--)\b"
    rb"|[ ]?(?:class|href|id|name|rel|src|style|type|value|content)=|https?:/?/?|www\."
    rb"|\.(?:com|net|org|php|html?)\b/?|assets|block|cart|config|create|image|index|language|module"
    rb"|static|themes?|uploads|<!--"
)
_TERNARY = re.compile(r"\\(\d)\?([^:]*):(.*)", re.DOTALL)
_GROUP = re.compile(r"\\(\d)")


class PatternError(ValueError):
    """The pattern cannot be used; the message says why."""


@dataclass(slots=True, frozen=True)
class Pattern:
    """A compiled pattern."""

    expression: bytes
    "With all quantifiers bounded."
    literals: tuple[bytes, ...]
    "In lower case; each match contains one of them. Empty: there is no such literal."
    before: int
    "Bytes of a match that may stand before its literal."
    width: int
    "Bytes of a match, at most."
    attempts: int
    "Places at which it is tried in one text."
    version: str
    theme: str
    confidence: int
    "Percent."

    @property
    def regex(self) -> re.Pattern[bytes]:
        """The compiled expression; made when first needed, as most are needed on few pages."""
        return _compiled(self.expression)

    def search(self, text: bytes, lowered: bytes) -> re.Match[bytes] | None:
        """The first match in a text."""
        places = self._places(lowered)
        return self.search_at(text, places) if places else None

    def in_lines(self, text: bytes, lowered: bytes) -> Iterator[re.Match[bytes]]:
        """The first match in each line."""
        if not self.literals:
            lines = text.split(b"\n")[:MAX_LINES]
            yield from filter(None, (self.regex.search(line[:MAX_VALUE]) for line in lines))
            return
        done = -1
        for place in self._places(lowered)[: self.attempts]:
            if place <= done:
                continue
            start, end = _line(text, place)
            match = self.search_at(text[start:end], [place - start])
            if match:
                done = end
                yield match

    def _places(self, lowered: bytes) -> list[int]:
        return sorted(
            place
            for literal in self.literals
            for place in islice(_places(literal, lowered), self.attempts)
        )

    def search_at(self, text: bytes, places: list[int]) -> re.Match[bytes] | None:
        """The first match around one of the places where a literal stands."""
        regex = self.regex
        for place in places[: self.attempts]:
            match = regex.search(text, max(0, place - self.before), place + self.width + 1)
            if match:
                return match
        return None


def compile_pattern(source: str, *, needs_literal: bool) -> Pattern:
    """The pattern, and its tags.

    Raises:
        PatternError: it is no regular expression, could take too long, or has no literal.
    """
    expression, *tags = source.split("\\;")
    bounded = _bounded(expression).encode()
    try:
        tree = _parser.parse(bounded)
        if b"(?<" in bounded:  # its fixed width is only checked on compiling
            _compiled(bounded)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(f"is no regular expression: {error}") from error
    least, most, literals = _best_literal(tree)
    if needs_literal and not literals:
        raise PatternError(f"has no fixed text of {MIN_LITERAL} characters to look for")
    cost = _starts(tree, most - least if literals else MAX_VALUE) * _ways(tree, ends=True)
    if cost > MAX_COST:
        raise PatternError("could take too long: bound its quantifiers, and do not nest them")
    width = min(tree.getwidth()[1], 1_000_000)
    values = dict(_tag(tag, tree.state.groups - 1) for tag in tags)
    return Pattern(
        expression=bounded,
        literals=literals,
        before=most,
        width=width,
        attempts=max(1, min(_BUDGET // (cost * (1 + width // 16)), _MAX_ATTEMPTS)),
        version=values.get("version", ""),
        theme=values.get("theme", ""),
        confidence=int(values.get("confidence", "100")),
    )


@cache
def _compiled(expression: bytes) -> re.Pattern[bytes]:
    return re.compile(expression, re.IGNORECASE)


def expand(template: str, match: re.Match[bytes]) -> str | None:
    """A tag's template, filled from the match; None when nothing is left of it."""
    ternary = _TERNARY.fullmatch(template)
    if ternary:
        return ternary[2 if match[int(ternary[1])] else 3] or None
    text = _GROUP.sub(lambda group: _text(match[int(group[1])]), template)
    return text.strip(" .-") or None


def _text(group: bytes | None) -> str:
    return (group or b"").decode("utf-8", "replace")


def _line(text: bytes, place: int) -> tuple[int, int]:
    end = text.find(b"\n", place)
    return text.rfind(b"\n", 0, place) + 1, len(text) if end < 0 else end


def _places(literal: bytes, text: bytes) -> Iterator[int]:
    place = text.find(literal)
    while place >= 0:
        yield place
        place = text.find(literal, place + 1)


def _tag(tag: str, groups: int) -> tuple[str, str]:
    name, colon, value = tag.partition(":")
    if name not in _TAGS or not colon:
        raise PatternError(f"has the tag {tag!r}; there are {', '.join(sorted(_TAGS))}")
    if name == "confidence" and not (value.isdecimal() and 0 < int(value) <= 100):
        raise PatternError(f"has the confidence {value!r}; it is 1 to 100")
    if any(int(group) > groups for group in _GROUP.findall(value)):
        raise PatternError(f"has the tag {tag!r}, and fewer groups")
    return name, value


# --- what it costs ----------------------------------------------------------------------------


def _bounded(expression: str) -> str:
    """The same with an upper bound for each quantifier."""

    def bound(token: re.Match[str]) -> str:
        if token["many"] is None:
            return token[0]
        least = int(token["least"] or (token["many"] == "+"))
        return f"{{{least},{max(least, MAX_TIMES)}}}{token['mode']}"

    return _TOKEN.sub(bound, expression)


def _starts(items: Any, room: int) -> int:
    """At how many places in that many bytes a match could begin.

    At one, as good as, where what follows the beginning cannot hold its first character, as in
    `<a[^<>]*`: then no two of them go through the same text.
    """
    flat, beginning = _flattened(items), _beginning(items)
    following = flat[len(beginning) :]
    if beginning and following and _is_simple(following[0]):
        first = beginning[:1]
        if not any(_holds(following[0], c) for c in (first.lower(), first.upper())):
            return 1
    return room // max(1, len(beginning)) + 1


def _ways(items: Any, *, ends: bool = False) -> int:
    """In how many ways a text could be matched, at most: what backtracking goes through.

    What the whole expression ends with is never taken back: nothing follows that could fail.
    """
    ways = 1
    flat = _flattened(items)
    for place, item in enumerate(flat):
        following = flat[place + 1 :]
        ways = min(ways * _item_ways(item, following, ends=ends), 10 * MAX_COST)
    return ways


def _item_ways(item: Any, following: list[Any], *, ends: bool) -> int:
    operation, argument = item
    ends = ends and not following
    if operation in {sre.GROUPREF, sre.GROUPREF_EXISTS}:
        raise PatternError("refers back to a group")
    if operation is sre.BRANCH:
        return sum(_ways(branch, ends=ends) for branch in argument[1])
    if operation in {sre.ASSERT, sre.ASSERT_NOT}:
        return _ways(argument[1])
    if operation is sre.ATOMIC_GROUP:
        return _ways(argument)
    if operation not in {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}:
        return 1
    if _is_simple(item):
        return 1 if ends else _stops(item, _beginning(following))
    return _repeat_ways(*argument, ends=ends)


def _stops(item: Any, following: bytes) -> int:
    """At how many places a repeated character can stop: before each literal that may follow."""
    least, most, _ = item[1]
    if following and not any(
        _holds(item, c) for c in (following[:1].lower(), following[:1].upper())
    ):
        return 1
    return int(most - least) // max(1, len(following)) + 1


def _repeat_ways(least: int, most: int, items: Any, *, ends: bool) -> int:
    if _begins_apart(items):
        return _ways(items, ends=True) if ends else (most - least + 1) * _ways(items)
    inner, total = _ways(items), 0
    for times in range(least, most + 1):
        total += inner**times
        if total > MAX_COST:
            break
    return total


def _begins_apart(items: Any) -> bool:
    r"""Whether it begins with a character that its own repeats cannot hold, as `\.\d{1,9}`.

    Then only one way leads from one round to the next.
    """
    (operation, argument), *rest = _flattened(items)
    if operation is not sre.LITERAL:
        return False
    first = bytes([argument])
    return all(_is_simple(item) and not _holds(item, first) for item in rest)


def _is_simple(item: Any) -> bool:
    """Whether it is one character, or one repeated."""
    operation, argument = item
    if operation in {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}:
        return len(argument[2]) == 1 and argument[2][0][0] in _CHARACTERS
    return operation in _CHARACTERS


def _holds(item: Any, character: bytes) -> bool:
    operation, argument = item
    if operation not in _CHARACTERS:
        return _holds(argument[2][0], character)
    if operation is sre.ANY:
        return True
    if operation is not sre.IN:
        return bool(argument == character[0]) == (operation is sre.LITERAL)
    negated = argument[0][0] is sre.NEGATE
    return negated != any(_set_holds(part, character) for part in argument[negated:])


def _set_holds(part: Any, character: bytes) -> bool:
    operation, argument = part
    if operation is sre.RANGE:
        return bool(argument[0] <= character[0] <= argument[1])
    if operation is sre.CATEGORY:
        return re.match(_CATEGORIES[argument], character) is not None
    return bool(argument == character[0])


_CHARACTERS = frozenset({sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN})
_CATEGORIES = {
    sre.CATEGORY_DIGIT: rb"\d",
    sre.CATEGORY_NOT_DIGIT: rb"\D",
    sre.CATEGORY_SPACE: rb"\s",
    sre.CATEGORY_NOT_SPACE: rb"\S",
    sre.CATEGORY_WORD: rb"\w",
    sre.CATEGORY_NOT_WORD: rb"\W",
}


# --- what each match contains -----------------------------------------------------------------

_Literal = tuple[int, int, tuple[bytes, ...]]
"""How far into a match it begins, at least and at most, and its forms."""
_NONE: _Literal = (0, 0, ())


def _beginning(items: Any) -> bytes:
    """The literal that it begins with."""
    literals = takewhile(lambda item: item[0] is sre.LITERAL, _flattened(items))
    return bytes(argument for _, argument in literals)


def _best_literal(items: Any) -> _Literal:
    """The one whose shortest form is the longest, when that is long enough."""
    found = [literal for literal in _literals(_flattened(items)) if _length(literal) >= MIN_LITERAL]
    return max(found, key=_rarity, default=_NONE)


def _length(literal: _Literal) -> int:
    return min(map(len, literal[2]), default=0)


def _rarity(literal: _Literal) -> tuple[int, int]:
    return min(len(_COMMON.sub(b"", form)) for form in literal[2]), _length(literal)


def _flattened(items: Any) -> list[Any]:
    flat: list[Any] = []
    for operation, argument in items:
        if operation is sre.SUBPATTERN:
            flat += _flattened(argument[3])
        else:
            flat.append((operation, argument))
    return flat


def _literals(items: list[Any]) -> list[_Literal]:
    found: list[_Literal] = []
    least = most = 0
    run = b""
    for operation, argument in [*items, (sre.FAILURE, None)]:
        if operation is sre.AT:
            continue
        if operation is sre.LITERAL:
            run += bytes([argument])
            continue
        if operation is sre.BRANCH:
            beginnings = {(run + _beginning(branch)).lower() for branch in argument[1]}
            found.append((least, most, tuple(sorted(beginnings))))
        if run:
            found.append((least, most, (run.lower(),)))
            least, most, run = least + len(run), most + len(run), b""
        if operation is sre.BRANCH:
            found += _in_branches(argument[1], least, most)
        shortest, longest = _width(operation, argument)
        least, most = least + shortest, most + longest
    return found


def _in_branches(branches: Any, least: int, most: int) -> list[_Literal]:
    best = [_best_literal(branch) for branch in branches]
    if not all(forms for _, _, forms in best):
        return []
    forms = tuple(sorted({form for _, _, forms in best for form in forms}))
    return [(least + min(b[0] for b in best), most + max(b[1] for b in best), forms)]


def _width(operation: Any, argument: Any) -> tuple[int, int]:
    if operation is sre.BRANCH:
        widths = [branch.getwidth() for branch in argument[1]]
        return min(w[0] for w in widths), max(w[1] for w in widths)
    if operation in {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}:
        shortest, longest = argument[2].getwidth()
        return argument[0] * shortest, argument[1] * longest
    if operation is sre.ATOMIC_GROUP:
        shortest, longest = argument.getwidth()
        return int(shortest), int(longest)
    if operation in {sre.ASSERT, sre.ASSERT_NOT, sre.FAILURE}:
        return 0, 0
    return 1, 1
