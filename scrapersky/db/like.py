"""LIKE, with texts that somebody typed."""

import re

from sqlalchemy import Column, ColumnElement


def begins_with(column: Column[str], typed: str) -> ColumnElement[bool]:
    """Answered by an index where the column's collation is C."""
    escaped = re.sub(r"([%_\\])", r"\\\1", typed)
    return column.like(f"{escaped}%")
