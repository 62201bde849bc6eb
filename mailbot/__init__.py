"""mailbot: a support desk that lives in email and keeps its word."""

__version__ = "0.2.0"
