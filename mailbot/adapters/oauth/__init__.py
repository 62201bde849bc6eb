"""Access tokens for mail servers: asked for at a token endpoint, kept in memory, renewed before they end."""
