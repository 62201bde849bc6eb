"""Recognises mail that no person wrote: delivery reports, notes of absence, acknowledgments, lists."""
