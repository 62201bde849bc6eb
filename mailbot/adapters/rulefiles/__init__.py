"""Rule files and help articles: read, checked with places, tested, and turned into rules."""
