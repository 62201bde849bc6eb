"""Rule files and help articles: read, checked with line numbers, tested, and turned into rules."""
