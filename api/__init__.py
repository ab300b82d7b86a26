"""The FastAPI app: it takes jobs, has nodes run them, and says what is going on."""
