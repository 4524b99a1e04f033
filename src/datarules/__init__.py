"""What each jurisdiction's law says about data leaving, entering and staying."""

__version__ = "0.1.0"
