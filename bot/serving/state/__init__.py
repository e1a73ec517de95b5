"""What outlives the process: conversations, feedback and the log of questions, in one database."""
