"""What should happen. Pure: frozen dataclasses in, frozen dataclasses out; `now` and fresh ids are arguments."""
