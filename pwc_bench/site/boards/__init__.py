"""A leaderboard: its rows, columns and ranking, its charts and its files."""
