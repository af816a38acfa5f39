"""The only writers of deployments."""
