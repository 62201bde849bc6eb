"""Parses the raw bytes of a mail: its parts, headers and charsets, whatever the bytes are."""
