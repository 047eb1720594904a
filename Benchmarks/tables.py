"""Markdown tables and CSV files; standard library only."""

import csv
import statistics


def table(columns, rows):
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def significant(value, digits=3):
    """A few significant digits, without an exponent."""
    if not value:
        return "0"
    return f"{value:.{digits}g}" if abs(value) < 1000 and abs(value) >= 1e-3 else f"{value:,.0f}" if value >= 1000 \
        else f"{value:.1e}"


def ratio(ours, theirs):
    """The median of the rounds' ratios, and their range; rounds alternate, so that each ratio is of neighbours."""
    if not ours or not theirs:
        return "-"
    ratios = [a / b for a, b in zip(ours, theirs)]
    if len(ratios) == 1:
        return f"{ratios[0]:.2f}"
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


def quantiles(values):
    """Median, 90th percentile and largest."""
    ordered = sorted(values)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(0.9 * len(ordered)))], ordered[-1]


def write_csv(path, entries):
    """One line an entry; a field that an entry lacks is empty."""
    fields = list(dict.fromkeys(field for entry in entries for field in entry))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=fields)
        writer.writeheader()
        writer.writerows(entries)
