"""The base of errors that users can mend: commands print their message, without a traceback, and exit with code 1."""


class GoujiError(Exception):
    """An error whose message, Chinese first, says what happened, in which file, and what to do."""
