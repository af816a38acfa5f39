"""Pages of health: an account's, the portfolio's, and the editor of models."""
