"""${message}"""

from alembic import op

from migrations.verify import verify

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
    verify(op.get_bind(), {})


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
