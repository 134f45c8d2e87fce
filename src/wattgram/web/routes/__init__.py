"""Routes: one file a group, each with a `router`."""
