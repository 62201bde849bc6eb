"""A whole desk without a network: invented days, long histories, and what must hold after every step."""
