"""What a page shows as text, line by line: one transformation in C, a third of html-text's cost."""

import re

from lxml import etree
from lxml.html import HtmlElement

MAX_TEXT = 2_000_000
"""Characters of a page's text that are looked at."""

# Marks in the transformed text; pages that hold these private-use characters lose them.
_LINE, _CELL, _SEAM = "\ue001", "\ue002", "\ue003"

_BLOCKS = (
    "address|article|aside|blockquote|body|button|caption|center|dd|details|dialog|dir|div|"
    "dl|dt|fieldset|figcaption|figure|footer|form|frameset|h1|h2|h3|h4|h5|h6|header|hgroup|"
    "label|legend|li|main|menu|nav|ol|option|p|pre|section|summary|table|tbody|tfoot|thead|"
    "textarea|tr|ul"
)
_UNSEEN = "head|script|style|template|svg|object|iframe|select|datalist"
# Hidden inline elements hold decoys against address harvesters; hidden blocks are menus and
# dialogs, which somebody sees.
_DECOYS = "self::b|self::em|self::font|self::i|self::small|self::span|self::strong|self::u"


def _transform(unseen: str) -> etree.XSLT:
    return etree.XSLT(etree.fromstring(_stylesheet(unseen).strip()))


def _stylesheet(unseen: str) -> str:
    return f"""
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="text" encoding="utf-8"/>
  <xsl:template match="comment()|processing-instruction()|{unseen}"/>
  <xsl:template match="br|hr">{_LINE}</xsl:template>
  <xsl:template match="td|th">
    <xsl:text>{_CELL}</xsl:text><xsl:apply-templates/><xsl:text>{_CELL}</xsl:text>
  </xsl:template>
  <xsl:template match="{_BLOCKS}">
    <xsl:text>{_LINE}</xsl:text><xsl:apply-templates/><xsl:text>{_LINE}</xsl:text>
  </xsl:template>
  <xsl:template match="*">
    <xsl:apply-templates/>
    <xsl:if test="following-sibling::node()[1]/self::*"><xsl:text>{_SEAM}</xsl:text></xsl:if>
  </xsl:template>
  <xsl:template priority="2" match="*[@style][{_DECOYS}]
    [contains(translate(@style, ' ', ''), 'display:none')]"/>
</xsl:stylesheet>
"""


_WITHOUT_NOSCRIPT = _transform(f"{_UNSEEN}|noscript")
# Of a page whose <noscript> is never closed, all the rest is in it.
_WITH_NOSCRIPT = _transform(_UNSEEN)
_LEAST = 20
_AFTER_LINE = re.compile(f"{_LINE}[ {_LINE}{_CELL}{_SEAM}]*")
_IN_LINE = re.compile(f" ?[{_CELL}{_SEAM}][ {_CELL}{_SEAM}]*")


def visible_text(tree: HtmlElement) -> tuple[str, str]:
    """The text, one line a block, a tab between table cells; white space collapsed.

    Twice, for styles decide whether a visitor sees a gap between two inline elements that touch
    (`<b>a</b><i>b</i>`): first with a blank there (words and numbers stay apart), then without one
    (what was cut into elements is whole again).
    """
    text = _collapsed(tree, _WITHOUT_NOSCRIPT)
    if len(text) < _LEAST and next(tree.iter("noscript"), None) is not None:
        text = _collapsed(tree, _WITH_NOSCRIPT)
    if _SEAM not in text:
        return text, text
    return text.replace(_SEAM, " "), text.replace(_SEAM, "")


def _collapsed(tree: HtmlElement, transform: etree.XSLT) -> str:
    try:
        text = str(transform(tree))
    except etree.LxmlError:  # nested more deeply than libxslt recurses
        text = _LINE.join(tree.itertext("*"))
    lines = _AFTER_LINE.sub("\n", " ".join(text[:MAX_TEXT].split())).split("\n")
    text = "\n".join(line.rstrip(f" {_CELL}{_SEAM}") for line in lines)
    return _IN_LINE.sub(_gap, text).strip()


def _gap(marks: re.Match[str]) -> str:
    run = marks[0]
    if _CELL in run:
        return "\t"
    return " " if " " in run else _SEAM
