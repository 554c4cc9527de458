"""What may everyone know? Counts and how they are protected."""
