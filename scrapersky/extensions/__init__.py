"""Scrapy extensions: what is not an item."""
