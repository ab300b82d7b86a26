"""Sitemaps, from bytes to typed entries."""
