"""Item pipelines: validation, and the batch upsert into PostgreSQL."""
