"""Case-method courses in Jupyter: commit an answer first, see the outcome after."""

__version__ = "0.5.0"
