"""The pages of critical events: all of them, those of an account, one with its way back to today."""
