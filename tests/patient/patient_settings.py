"""The project's settings, with which a site may think for as long as a test likes."""

from scrapersky.settings import *  # noqa: F403 - all of them

DOWNLOAD_TIMEOUT = 600
DOMAIN_TIME_LIMIT = 600
