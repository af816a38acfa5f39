"""What deployments tells the timeline."""
