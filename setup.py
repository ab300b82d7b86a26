"""What scrapyd-deploy runs to build an egg. All that there is to say stands in pyproject.toml."""

from setuptools import setup

setup()
