"""How the tables came to be, step by step. A published step is never changed: a new one is added."""
