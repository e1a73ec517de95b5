"""The steps that bring a database of feedback up to date, as Alembic has them."""
