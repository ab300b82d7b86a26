"""Text as PostgreSQL, JSON and people can use it."""

from scrapersky.text import storable

__all__ = ["MAX_DESCRIPTION", "MAX_TITLE", "clean_text", "storable"]

MAX_TITLE = 1_000
MAX_DESCRIPTION = 5_000


def clean_text(text: str, limit: int) -> str:
    """One line: storable, white space collapsed, at most `limit` characters; may be empty."""
    # Collapsed twice: NEL and others are both white space and controls, so they must separate
    # words, and a control between two blanks leaves two blanks behind.
    line = storable(" ".join(text.split()))
    return " ".join(line.split())[:limit].rstrip()
