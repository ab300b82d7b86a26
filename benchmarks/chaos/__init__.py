"""A crawl by several workers while they, Redis and PostgreSQL are killed."""
