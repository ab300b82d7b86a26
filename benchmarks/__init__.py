"""What ScraperSky costs, as ratios to a named baseline of the same run: `python -m benchmarks`."""
