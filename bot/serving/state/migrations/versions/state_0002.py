"""The tables of conversations and of the log of questions; whom feedback is of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "state_0002"
down_revision = "feedback_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and the column."""
    op.add_column("feedback", sa.Column("owner", sa.String(64), nullable=False, server_default=""))
    op.create_index("ix_feedback_owner", "feedback", ["owner"])
    op.create_table(
        "conversations",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("id", sa.String(128), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("corpus", "title")),
        *(sa.Column(name, sa.DateTime, nullable=False) for name in ("created", "updated")),
        sa.UniqueConstraint("owner", "id", name="uq_conversations_owner_id"),
    )
    op.create_index("ix_conversations_updated", "conversations", ["updated"])
    op.create_index("ix_conversations_owner_updated", "conversations", ["owner", "updated"])
    op.create_table(
        "turns",
        sa.Column(
            "conversation",
            sa.Integer,
            sa.ForeignKey("conversations.number", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("corpus", "question", "answer")),
        sa.Column("answer_id", sa.String(32), nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
    )
    op.create_index("ix_turns_answer_id", "turns", ["answer_id"])
    op.create_table(
        "questions",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("asked", sa.DateTime, nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("way", "corpus", "question")),
        sa.Column("status", sa.String(16), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("reader", "generator")),
        sa.Column("milliseconds", sa.Double, nullable=False),
    )
    op.create_index("ix_questions_asked", "questions", ["asked"])
    op.create_index("ix_questions_owner", "questions", ["owner"])


def downgrade() -> None:
    """Take them away."""
    for table in ("questions", "turns", "conversations"):
        op.drop_table(table)
    op.drop_index("ix_feedback_owner", "feedback")
    op.drop_column("feedback", "owner")
