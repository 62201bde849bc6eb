"""Takes the raw bytes of a mail apart: its parts, headers and charsets, whatever the bytes are."""
