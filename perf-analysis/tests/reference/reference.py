#!/usr/bin/env python3
"""What somebody else's implementation says: SciPy, and where it has none, plain enumeration.

Prints reference.json, beside which the tests read it:

    python3 reference.py > reference.json

Needs SciPy (made with 1.17.1). The inputs are drawn with a fixed seed.
"""

import functools
import itertools
import json
import math
import random
import statistics
import sys
from fractions import Fraction

import numpy
import scipy
from scipy import stats

random.seed(20_261_121)


def draw(count, kind):
    """`count` values: of a heavy right tail, of few different values, or rising with noise."""
    if kind == "tail":
        return [round(100 * math.exp(random.gauss(0, 0.3)), 6) for _ in range(count)]
    if kind == "ties":
        return [float(random.randint(1, 5)) for _ in range(count)]
    return [round(0.4 * i + random.gauss(0, 6), 6) for i in range(count)]


# Binomial tails, and what follows from them.

def binomial():
    rows = []
    for n in [1, 2, 7, 20, 50, 300, 1_000, 10_000, 1_000_000]:
        for p in [0.001, 0.01, 0.05, 0.3, 0.5, 0.9, 0.999]:
            middle, deviation = n * p, math.sqrt(n * p * (1 - p))
            ks = {0, 1, n - 1, n} | {round(middle + z * deviation) for z in (-4, -1, 0, 1, 3, 6)}
            for k in sorted(k for k in ks if 0 <= k <= n):
                at_least = float(stats.binom.sf(k - 1, n, p))
                rows.append([k, n, p, at_least, float(stats.binom.cdf(k, n, p))])
    return rows


def count_test():
    """The verdict on `bad` of `count` when a share of `allowed` is allowed, at 95 %."""
    rows = []
    for allowed in [0.001, 0.01, 0.05, 0.1, 0.5]:
        for count in [1, 10, 28, 29, 59, 100, 298, 299, 1_000, 2_995, 100_000]:
            for bad in sorted({0, 1, 2, 3, 5, 10, 50, round(count * allowed), count}):
                if bad <= count:
                    violated = stats.binom.sf(bad - 1, count, allowed) <= 0.05
                    met = stats.binom.cdf(bad, count, allowed) <= 0.05
                    verdict = "violated" if violated else "met" if met else "open"
                    rows.append([bad, count, allowed, verdict])
    return rows


def clopper_pearson():
    rows = []
    for bad, count in [(0, 1), (1, 1), (1, 2), (0, 10), (3, 10), (10, 10), (8, 20), (1, 300),
                       (40, 1_000), (999, 1_000), (500_000, 1_000_000)]:
        for confidence in [0.9, 0.95, 0.99]:
            # By quantiles of the beta distribution; `binomtest` stops at an absolute 2e-12.
            tail = round((1 - confidence) / 2, 12)
            low = stats.beta.ppf(tail, bad, count - bad + 1) if bad else 0.0
            high = stats.beta.isf(tail, bad + 1, count - bad) if bad < count else 1.0
            theirs = stats.binomtest(bad, count).proportion_ci(confidence, method="exact")
            assert abs(theirs.low - low) < 1e-11 and abs(theirs.high - high) < 1e-11
            rows.append([bad, count, confidence, float(low), float(high)])
    return rows


def quantile_ranks():
    """From the definition; cumulative probabilities of a binomial count."""
    rows = []
    for count in [1, 2, 5, 6, 20, 35, 36, 50, 72, 100, 367, 368, 369, 1_000, 12_345]:
        for quantile in [0.5, 0.9, 0.95, 0.99, 0.999]:
            for confidence in [0.9, 0.95, 0.99]:
                tail = round((1 - confidence) / 2, 12)
                below = stats.binom.cdf(numpy.arange(count + 1), count, quantile)
                low = [rank for rank in range(1, count + 1) if below[rank - 1] <= tail]
                high = [rank for rank in range(1, count + 1) if below[rank - 1] >= 1 - tail]
                rows.append([count, quantile, confidence,
                             low[-1] if low else None, high[0] if high else None])
    return rows


# Two sets of runs.

def mann_whitney_p(old, new):
    """Every way to deal the values out, counted one by one in whole numbers."""
    ranks = [round(2 * rank) for rank in stats.rankdata(old + new)]
    mean = len(new) * (len(ranks) + 1)
    distance = abs(sum(ranks[len(old):]) - mean)
    sums = [sum(choice) for choice in itertools.combinations(ranks, len(new))]
    return sum(abs(total - mean) >= distance for total in sums) / len(sums)


@functools.cache
def ways(n, m, u):
    """How many orders of n old and m new values have this U: the recurrence of Mann and Whitney."""
    if u < 0:
        return 0
    if n == 0 or m == 0:
        return int(u == 0)
    return ways(n - 1, m, u - m) + ways(n, m - 1, u)


def shift_interval(old, new, confidence):
    """Between the ordered differences, by the exact distribution of U, in whole numbers."""
    n, m = len(old), len(new)
    differences = sorted(b - a for a in old for b in new)
    tail = Fraction(str(round((1 - confidence) / 2, 12))) * math.comb(n + m, n)
    rank, below = 0, ways(n, m, 0)
    while below <= tail:
        rank += 1
        below += ways(n, m, rank)
    if rank == 0:
        return None, None
    return differences[rank - 1], differences[len(differences) - rank]


def two_sets():
    cases = []
    for n, m, kind in [(1, 1, "tail"), (3, 3, "tail"), (4, 4, "tail"), (4, 4, "ties"),
                       (5, 7, "tail"), (5, 7, "ties"), (7, 4, "ties"), (8, 8, "tail"),
                       (8, 8, "ties"), (9, 6, "ties"), (10, 10, "tail"), (10, 9, "ties"),
                       (2, 12, "ties"), (20, 25, "tail"), (32, 32, "tail"), (33, 32, "tail"),
                       (33, 32, "ties"), (60, 50, "tail"), (60, 50, "ties")]:
        for shift in [0.0, 1.0, 40.0]:
            if kind == "ties" and shift == 40.0:
                continue
            old, new = draw(n, kind), [value + shift for value in draw(m, kind)]
            case = {"old": old, "new": new}
            asymptotic = stats.mannwhitneyu(new, old, method="asymptotic")
            case["u"] = float(asymptotic.statistic)
            if n + m > 64:
                case["p"] = float(asymptotic.pvalue)
            elif kind == "ties":
                case["p"] = mann_whitney_p(old, new)
                if n == m:
                    # The distribution is symmetric: SciPy's definition of two-sided agrees with ours.
                    def statistic(x, y):
                        return stats.mannwhitneyu(x, y, method="asymptotic").statistic
                    check = stats.permutation_test((new, old), statistic, n_resamples=math.inf)
                    assert math.isclose(check.pvalue, case["p"], rel_tol=1e-9)
            else:
                case["p"] = float(stats.mannwhitneyu(new, old, method="exact").pvalue)
                if n + m <= 16:
                    assert math.isclose(mann_whitney_p(old, new), case["p"], rel_tol=1e-9)
            case["shift"] = statistics.median(b - a for a in old for b in new)
            if n + m <= 64:
                case["intervals"] = [
                    [confidence, *shift_interval(old, new, confidence)]
                    for confidence in [0.9, 0.95, 0.99]
                ]
            cases.append(case)
    return cases


def holm(probabilities):
    """From the definition: no p is less than that of a test that came before it."""
    count = len(probabilities)
    order = sorted(range(count), key=lambda i: probabilities[i])
    corrected = [0.0] * count
    for place, i in enumerate(order):
        earlier = [probabilities[j] * (count - k) for k, j in enumerate(order[:place + 1])]
        corrected[i] = min(1.0, max(earlier))
    return corrected


def holm_cases():
    families = [[], [0.2], [0.01, 0.04, 0.03], [0.5, 0.5, 0.5], [1.0, 0.0, 1e-12]]
    families += [[round(random.random() ** 3, 6) for _ in range(count)] for count in (5, 10, 40)]
    return [[family, holm(family)] for family in families]


# Series.

def score(values):
    return sum((b > a) - (b < a) for a, b in itertools.combinations(values, 2))


def mann_kendall_p(values):
    """Every order of the values, one by one."""
    limit = abs(score(values))
    scores = [abs(score(order)) >= limit for order in itertools.permutations(values)]
    return sum(scores) / len(scores)


def inversions(count):
    """How many orders of `count` different values have 0, 1, 2, ... inversions (MacMahon)."""
    ways = [1]
    for size in range(2, count + 1):
        wider = [0] * (len(ways) + size - 1)
        for i, way in enumerate(ways):
            for j in range(size):
                wider[i + j] += way
        ways = wider
    return ways


def slope_interval(points, confidence):
    """Between the ordered slopes, by the exact distribution of inversions, in whole numbers."""
    slopes = sorted((d - b) / (c - a) for (a, b), (c, d) in itertools.combinations(points, 2))
    ways = inversions(len(points))
    tail = Fraction(str(round((1 - confidence) / 2, 12))) * math.factorial(len(points))
    rank, below = 0, ways[0]
    while below <= tail:
        rank += 1
        below += ways[rank]
    if rank == 0:
        return None, None
    return slopes[rank - 1], slopes[len(slopes) - rank]


def series():
    cases = []
    for count, kind in [(2, "rise"), (4, "rise"), (5, "rise"), (7, "ties"), (8, "ties"), (8, "rise"),
                        (12, "tail"), (20, "rise"), (40, "tail"), (40, "rise"), (41, "rise"),
                        (60, "ties"), (100, "rise"), (200, "tail")]:
        values = draw(count, kind)
        times, time = [], 0.0
        for _ in values:
            times.append(round(time, 6))
            time += 0.25 + random.random() * 3
        case = {"times": times, "values": values, "s": score(values)}
        groups = [values.count(value) for value in set(values)]
        parts = [t * (t - 1) * (2 * t + 5) for t in [count] + groups]
        case["variance"] = (parts[0] - sum(parts[1:])) / 18
        if count > 40:
            z = max(abs(case["s"]) - 1, 0) / math.sqrt(case["variance"])
            case["p"] = float(2 * stats.norm.sf(z))
        elif kind == "ties":
            case["p"] = mann_kendall_p(values)
        else:
            case["p"] = float(stats.kendalltau(range(count), values, method="exact").pvalue)
        theirs = stats.theilslopes(values, times, 0.95)
        case["slope"] = float(theirs.slope)
        if count > 40:
            case["intervals"] = [[0.95, float(theirs.low_slope), float(theirs.high_slope)]]
        else:
            points = list(zip(times, values))
            case["intervals"] = [[c, *slope_interval(points, c)] for c in [0.9, 0.95, 0.99]]
        cases.append(case)
    return cases


def spread():
    """The median absolute deviation, as that of normal values, over the median."""
    cases = []
    for count, kind in [(8, "tail"), (9, "ties"), (60, "tail"), (61, "ties"), (500, "tail")]:
        values = draw(count, kind)
        deviation = stats.median_abs_deviation(values, scale="normal")
        cases.append([values, float(deviation / statistics.median(values))])
    return cases


sections = {
    "binomial": binomial(),
    "count_test": count_test(),
    "clopper_pearson": clopper_pearson(),
    "quantile_ranks": quantile_ranks(),
    "two_sets": two_sets(),
    "holm": holm_cases(),
    "series": series(),
    "spread": spread(),
}
print("{")
print(f' "made_with": "SciPy {scipy.__version__}",')
for place, (name, rows) in enumerate(sections.items()):
    print(f' "{name}": [')
    print(",\n".join("  " + json.dumps(row) for row in rows))
    print(" ]," if place + 1 < len(sections) else " ]")
print("}")
print(*(f"{name} {len(rows)}" for name, rows in sections.items()), sep=", ", file=sys.stderr)
