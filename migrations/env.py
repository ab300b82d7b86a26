"""How Alembic reaches the database: through the connection that `scrapersky.db.schema` hands it."""

from alembic import context

from scrapersky.db.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
