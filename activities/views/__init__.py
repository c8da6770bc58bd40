"""The pages of programs, sessions and of one person's activities."""
