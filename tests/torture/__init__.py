"""What a desk must outlive, at full size: `make torture`. Nothing lost, nothing doubled, nobody let in."""
