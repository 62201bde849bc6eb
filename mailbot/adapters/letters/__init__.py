"""Turns templates into letters: loads them, checks them with samples, and renders them as text and HTML."""
