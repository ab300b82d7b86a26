"""The `scrapersky` command."""
