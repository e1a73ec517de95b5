"""The table of feedback."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "feedback_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("received", sa.DateTime, nullable=False),
        sa.Column("rating", sa.String(8), nullable=False),
        sa.Column("reason", sa.String(16)),
        sa.Column("state", sa.String(16), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("corpus", "question")),
        sa.Column("history", sa.JSON, nullable=False),
        sa.Column("answer_id", sa.String(32), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("answer", "understood")),
        sa.Column("alternatives", sa.JSON, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("meant", "comment")),
    )
    op.create_index("ix_feedback_state", "feedback", ["state"])


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("feedback")
