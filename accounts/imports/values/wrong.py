"""What is wrong with a cell, said so that it follows the cell's text."""


class Wrong(ValueError):
    """Such as "isn't a day"."""
