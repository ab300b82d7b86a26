"""What every spider is built on: the visit of one domain, and where domains come from."""
