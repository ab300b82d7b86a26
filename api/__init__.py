"""The FastAPI app. Its routers come with the job service; until then commands start jobs."""
