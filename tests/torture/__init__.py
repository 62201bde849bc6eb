"""What a desk must survive, at full size: `make torture`. Nothing lost, nothing doubled, nobody let in."""
