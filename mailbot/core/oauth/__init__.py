"""Logging in by token (OAuth 2.0, RFC 6749): what is said, how long a token holds, and what a refusal means."""
