class CannotStart(Exception):
    """Something on this machine keeps the database from starting; the sentence says what, and what to do."""
