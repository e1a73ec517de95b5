"""What people say of answers: its records, and the database that keeps them."""
