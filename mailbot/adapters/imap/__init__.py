"""A mailbox over IMAP: connected, fetched from, and waited for."""
