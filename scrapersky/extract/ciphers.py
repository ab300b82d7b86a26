"""The codes that sites hide addresses in, each undone by itself."""

import base64
import binascii
import codecs
import string
from collections.abc import Iterator

_MAX_CODE = 2_000
_PREFIX = "mailto:"
# TYPO3 turns each of these ranges by the same number of places.
_MAX_PLACES = 26
_RANGES = ("+,-./0123456789:", "@" + string.ascii_uppercase, string.ascii_lowercase)


def cloudflare(code: str) -> str | None:
    """What `data-cfemail` holds: hexadecimal bytes, each xored with the first."""
    try:
        data = bytes.fromhex(code[:_MAX_CODE])
    except ValueError:
        return None
    text = bytes(byte ^ data[0] for byte in data[1:]) if data else b""
    return text.decode("utf-8", "replace") if b"@" in text else None


def turned_mailto(code: str) -> str | None:
    """A `mailto:` link that TYPO3 or ROT13 has turned by any number of places."""
    code = code[:_MAX_CODE]
    return next((text for text in _turned(code) if text.startswith(_PREFIX)), None)


def rot13(text: str) -> str:
    """The letters turned by thirteen places."""
    return codecs.encode(text[:_MAX_CODE], "rot13")


def cryptx(code: str) -> str | None:
    """What the WordPress plug-in CryptX hides: characters moved up by one, or by a digit each."""
    code = code[:_MAX_CODE]
    pairs = list(zip(code[::2], code[1::2], strict=False))
    if pairs and all(digit in string.digits for digit, _ in pairs):
        return _with_at("".join(chr(max(ord(char) - int(digit), 0)) for digit, char in pairs))
    return _with_at("".join(chr(max(ord(char) - 1, 0)) for char in code))


def base64_text(code: str) -> str | None:
    """The text in base64, when it is printable and has an @."""
    try:
        data = base64.b64decode(code[:_MAX_CODE] + "=" * (-len(code) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    if b"@" not in data:
        return None
    text = data.decode("utf-8", "replace")
    return text if text.isprintable() else None


def _turned(code: str) -> Iterator[str]:
    yield rot13(code)
    for places in range(-_MAX_PLACES, _MAX_PLACES + 1):
        table: dict[int, int] = {}
        for chars in _RANGES:
            step = places % len(chars)
            table |= str.maketrans(chars, chars[step:] + chars[:step])
        yield code.translate(table)


def _with_at(text: str) -> str | None:
    return text if "@" in text else None


def picked(alphabet: str, places: str) -> str:
    """Characters of an alphabet, by their places: codes of characters, counted from "0".

    The form that several publishing systems' encoders share: `a.charAt(b.charCodeAt(i)-48)`.
    """
    count = len(alphabet)
    found = (ord(place) - ord("0") for place in places[:_MAX_CODE])
    return "".join(alphabet[place] for place in found if 0 <= place < count)


def shifted(code: str, key: str) -> str:
    """Characters moved back along a key by the length of the code; others stay.

    Tim Williams' address obfuscator: `ltr = (key.indexOf(c) - shift + key.length) % key.length`.
    """
    places = {char: place for place, char in enumerate(key)}
    shift = len(code)
    return "".join(
        key[(places[char] - shift) % len(key)] if char in places else char
        for char in code[:_MAX_CODE]
    )


def sorted_key(code: str, key: str) -> str:
    """Characters by their places in a shuffled alphabet: Maurits van der Schee's `hide_email`."""
    table = dict(zip(key, sorted(key), strict=True))
    return "".join(table.get(char, "") for char in code[:_MAX_CODE])
