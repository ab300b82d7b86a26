"""One file a migration, named by when it was written."""
