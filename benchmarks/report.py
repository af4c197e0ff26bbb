"""What the report adds to a run: `python benchmarks/report.py FOLDER`, in a process of its own.

Prints one JSON object: seconds by the clock and on all processors, from the first import of what
draws to the whole text, with the programs of the run already in memory; and the report's size.
"""

import json
import os
import sys
import time
from pathlib import Path

from foedus.report.summary import whole
from foedus.study.reopen import reopen


def main(path: Path) -> None:
    folder, study = reopen(path)
    whole(study, (), path)  # what a run has computed before it comes to the report
    start, work = time.perf_counter(), sum(os.times()[:4])
    from foedus.report.page.render import render

    text = render(study, folder.manifest)
    took, worked = time.perf_counter() - start, sum(os.times()[:4]) - work
    print(json.dumps({"seconds": took, "processor": worked, "megabytes": len(text) / 1e6}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
