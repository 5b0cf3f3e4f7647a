"""Python runs this in every worker of a build that is to be killed by what one of its workers does."""

import os
import signal
import sys

if "GOUJI_TEST_WORKER_POINT" in os.environ and "warehouse.reading.worker" in " ".join(sys.orig_argv):
    import crash_points

    _left = int(os.environ["GOUJI_TEST_WORKER_POINT"])

    def _at_point(_: str) -> None:
        global _left
        if _left == 0:
            os.kill(os.getppid(), signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)
        _left -= 1

    crash_points.install(_at_point)
