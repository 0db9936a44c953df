"""Sets the clock of every Python process that finds this folder first (tools/at_night.sh).

Only the time of day moves: waits are measured by the monotonic clock, which stays as it is.
"""

import os
from datetime import UTC, datetime, timedelta

try:
    import time_machine
except ImportError:  # a Python that runs none of the tests
    pass
else:
    offset = timedelta(seconds=float(os.environ["NIGHT_OFFSET_SECONDS"]))
    time_machine.travel(datetime.now(UTC) + offset, tick=True).start()
