"""Reads an interval log with the HdrHistogram of PyPI (`pip install hdrhistogram`).

Prints a line of JSON for each tag, all its intervals together: name, lines, seconds, count, and percentiles as
[percentile, rank, value in ns].
"""

import json
import sys
from urllib.parse import unquote

from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogReader

PERCENTILES = [0.1, 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.99, 100]


def main(path):
    reader = HistogramLogReader(path, HdrHistogram(1, 3_600_000_000_000, 3))
    by_tag = {}
    while interval := reader.get_next_interval_histogram():
        tag = interval.get_tag()
        lines, seconds, total = by_tag.get(tag, (0, 0.0, HdrHistogram(1, 3_600_000_000_000, 3)))
        total.add(interval)
        millis = interval.get_end_time_stamp() - interval.get_start_time_stamp()
        by_tag[tag] = (lines + 1, seconds + millis / 1000, total)
    for tag, (lines, seconds, total) in by_tag.items():
        percentiles = [
            [p, total.get_target_count_at_percentile(p), total.get_value_at_percentile(p)]
            for p in PERCENTILES
        ]
        print(json.dumps({
            "name": unquote(tag or ""),
            "lines": lines,
            "seconds": round(seconds, 3),
            "count": total.get_total_count(),
            "percentiles": percentiles,
        }))


main(sys.argv[1])
