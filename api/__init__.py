"""The FastAPI app. Its routers arrive with the job service; until then the command line starts jobs."""
