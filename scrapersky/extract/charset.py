"""The encoding of a page, by the names of the WHATWG Encoding Standard."""

from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
    to_unicode,
)

from scrapersky.extract.urls import host_of

# Python's codecs that a browser has too, with the standard's names
# (https://encoding.spec.whatwg.org/#names-and-labels). A label that means any other codec (rot13,
# idna, unicode_escape, …) is no charset and is passed over.
_NAMES = {
    "ascii": "windows-1252",
    "utf-8": "utf-8",
    "utf-8-sig": "utf-8",
    "utf-16-le": "utf-16le",
    "utf-16-be": "utf-16be",
    "utf-32-le": "utf-32le",
    "utf-32-be": "utf-32be",
    "big5hkscs": "big5",
    "cp866": "ibm866",
    "cp874": "windows-874",
    "cp932": "shift_jis",
    "cp949": "euc-kr",
    "euc_jp": "euc-jp",
    "gb18030": "gb18030",
    "iso2022_jp": "iso-2022-jp",
    "koi8-r": "koi8-r",
    "koi8-u": "koi8-u",
    "mac-cyrillic": "x-mac-cyrillic",
    "mac-roman": "macintosh",
} | {f"cp125{n}": f"windows-125{n}" for n in range(9)}
_NAMES |= {f"iso8859-{n}": f"iso-8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)}

# What undeclared pages that are not UTF-8 are written in, by top-level domain: the standard's
# table of fallbacks by locale (https://html.spec.whatwg.org/#determining-the-character-encoding).
# The first that decodes without an error is taken.
_FALLBACKS = {
    "bg": ("cp1251",),
    "by": ("cp1251",),
    "cn": ("gb18030",),
    "cz": ("cp1250",),
    "ee": ("cp1257",),
    "gr": ("iso8859-7",),
    "hr": ("cp1250",),
    "hu": ("iso8859-2",),
    "il": ("cp1255",),
    "ir": ("cp1256",),
    "jp": ("euc_jp", "cp932"),
    "kr": ("cp949",),
    "kz": ("cp1251",),
    "lt": ("cp1257",),
    "lv": ("cp1257",),
    "pl": ("iso8859-2",),
    "ru": ("cp1251",),
    "si": ("iso8859-2",),
    "sk": ("cp1250",),
    "su": ("cp1251",),
    "th": ("cp874",),
    "tr": ("cp1254",),
    "tw": ("big5hkscs",),
    "ua": ("cp1251",),
    "xn--p1ai": ("cp1251",),
}


def decode(body: bytes, *, url: str, content_type: str | None) -> tuple[str, str]:
    """The text of the body and the name of the encoding that was used.

    A byte order mark decides, then the HTTP header, then the page's own declaration, as in the
    HTML Standard; then UTF-8 when the bytes are, else the fallback of the top-level domain, else
    windows-1252. Unlike browsers, it does not believe in a single-byte encoding when the bytes are
    UTF-8 beyond ASCII: they cannot be both by chance, and the mojibake would end up in rows.
    """
    bom_codec, bom = read_bom(body)
    if bom_codec and bom:
        return to_unicode(body[len(bom) :], bom_codec), _NAMES[bom_codec]
    codec = _known(http_content_type_encoding(content_type)) or _declared(body)
    if codec is None:
        codec = _sniffed(body, top_level=host_of(url).rpartition(".")[2])
    elif codec.startswith(("cp125", "iso8859")) and not body.isascii() and _decodes(body, "utf-8"):
        codec = "utf-8"
    return to_unicode(body, codec), _NAMES[codec]


def _known(codec: str | None) -> str | None:
    if codec in {"utf-16", "utf-32"}:
        codec += "-le"  # the standard's "utf-16" is little-endian
    return codec if codec in _NAMES else None


def _declared(body: bytes) -> str | None:
    codec = _known(html_body_declared_encoding(body))
    # A declaration that could be read as ASCII is not in UTF-16 (HTML Standard, "prescan", step
    # 15).
    return "utf-8" if codec and codec.startswith(("utf-16", "utf-32")) else codec


def _sniffed(body: bytes, *, top_level: str) -> str:
    candidates = ("utf-8", *_FALLBACKS.get(top_level, ()))
    return next((codec for codec in candidates if _decodes(body, codec)), "cp1252")


def _decodes(body: bytes, codec: str) -> bool:
    try:
        body.decode(codec)
    except UnicodeDecodeError as error:
        # A size limit may have cut the last character in two.
        return len(body) - error.start < 4 and not body[: error.start].isascii()
    return True
