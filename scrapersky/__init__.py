"""ScraperSky: domains in, rows in PostgreSQL out."""

__version__ = "0.1.0"
