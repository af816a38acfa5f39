"""Pages of deployments."""
