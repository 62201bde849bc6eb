"""Templates become letters: loaded, checked with samples, and rendered as text and HTML."""
