"""The spiders: what to request, in which order."""
