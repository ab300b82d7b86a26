"""How much text a page has."""

import re

from scrapersky.extract.page import Page

# A word holds letters or digits, with apostrophes, points and hyphens inside; Chinese characters
# and kana are one each, as word processors count them.
_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_IDEOGRAPHS}]|[^\W_{_IDEOGRAPHS}]+(?:['\u2019.,-][^\W_{_IDEOGRAPHS}]+)*")


def word_count(page: Page) -> int:
    """Words of the visible text, menus and footers included."""
    return len(_WORD.findall(page.text))
