"""From bytes to typed values: pure functions over one page."""
