"""When it happens: receive, send, remind, sweep."""
