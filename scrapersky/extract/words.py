"""Sets of words, as they stand in the source."""


def words(text: str) -> frozenset[str]:
    """The words of a text that has blanks between them."""
    return frozenset(text.split())
