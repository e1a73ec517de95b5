"""The shapes that leave the program, and their JSON."""
