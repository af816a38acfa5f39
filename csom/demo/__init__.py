"""Two workspaces to look around in: made up by a seed, told through the same actions that people use."""
