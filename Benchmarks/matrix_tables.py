"""The tables of run.py, from the cells that it has measured; standard library only."""

import statistics

from scores import COSINE, DISTANCE
from tables import ratio, significant, table, write_csv

NAMES = {"captum": "Captum", "pytorch": "PyTorch loop", "salience": "Salience"}
# A peer in half precision rounds its whole model: it is asked for the right scores, not for good ones.
PEER_COSINE = 0.95
CEILING = 0.85


def title(program):
    """`salience f32 0.01` as a reader's name."""
    peer, precision, *tolerance = program.split()
    return f"{NAMES[peer]} {precision}" + (f", tolerance {tolerance[0]}" if tolerance else "")


def run_name(cell, program):
    """The folder of a program's run among those of all cells."""
    return f"{cell}-{program}".replace(" ", "-")


class CellReport:
    """One cell's figures, and what is wrong with them."""

    def __init__(self, content):
        self.content, self.cell = content, content["cell"]
        self.label = [self.cell["model"], str(self.cell["tokens"] or "real"), str(self.cell["steps"])]

    def folder(self, program):
        return run_name("-".join(self.label), program)

    def entries(self, program, field="seconds"):
        return [entry[field] for entry in self.content["rounds"] if entry["program"] == program]

    def rates(self, program):
        return [self.content["rows"] / seconds for seconds in self.entries(program)]

    def rate(self, program):
        rates = self.rates(program)
        return significant(statistics.median(rates)) if rates else "-"

    def gflops(self, program):
        return statistics.median(entry["operations"] / entry["seconds"] / 1e9
                                 for entry in self.content["rounds"] if entry["program"] == program)

    def fraction(self, program):
        """Of oneDNN's own rate in the same precision, measured after every round."""
        rates = [ceiling[program.split()[1]] for ceiling in self.content["ceilings"]
                 if ceiling.get(program.split()[1])]
        return self.gflops(program) / statistics.median(rates) if rates and self.entries(program) else None

    def start_seconds(self, program):
        if not program.startswith("salience"):
            return self.content["programs"][program]["start_seconds"]
        return statistics.median(entry["whole_seconds"] - entry["seconds"]
                                 for entry in self.content["rounds"] if entry["program"] == program)

    def agreement(self, program):
        found = self.content["agreement"].get(program)
        if not found:
            return "-"
        if program.split()[1:] == ["f32"]:
            return f"{found['worst_distance']:.1e}"
        return f"cosine {found['median_cosine']:.5f} ({found['worst_cosine']:.4f})"

    def faults(self):
        """Scores that are further from Captum's in float32 than allowed."""
        for program, found in self.content["agreement"].items():
            peer, precision, *tolerance = program.split()
            where = f"{' '.join(self.label)}: {title(program)}"
            if precision == "f32" and not tolerance and not found["worst_distance"] <= DISTANCE:
                yield f"{where} is {found['worst_distance']:.1e} from Captum (allowed: {DISTANCE:.0e})"
            least = COSINE if peer == "salience" else PEER_COSINE
            if not found["median_cosine"] >= least:
                yield f"{where} has a median cosine of {found['median_cosine']:.5f} with Captum (least: {least})"

    def lines(self):
        """A line a program."""
        for program in self.content["programs"]:
            if not self.entries(program):
                continue
            _, precision, *tolerance = program.split()
            steps = statistics.median(self.entries(program, "steps"))
            speed = statistics.median(self.content["tokens"] * steps / seconds for seconds in self.entries(program))
            fraction = self.fraction(program)

            def beside(peer):
                return "1" if peer == program else ratio(self.rates(program), self.rates(peer))
            yield [*self.label, title(program), self.rate(program), beside("captum f32"),
                   beside(f"captum {precision}"), beside(f"pytorch {precision}"), f"{steps:.3g}", f"{speed:,.0f}",
                   f"{self.gflops(program):.0f}", f"{fraction:.0%}" if fraction else "-",
                   f"{self.start_seconds(program):.1f}",
                   f"{self.content['programs'][program]['peak_bytes'] / 2**20:,.0f}", self.agreement(program)]

    def ratios(self, tolerance):
        """One line: medians of the rounds' ratios."""
        def beside(ours, theirs):
            return ratio(self.rates(ours), self.rates(theirs)).split(" ")[0]
        fractions = [self.fraction(f"salience {precision}") for precision in ("f32", "bf16")]
        return [*self.label, str(self.content["rows"]), self.rate("captum f32"), self.rate("salience f32"),
                beside("salience f32", "captum f32"), beside("salience f32", "pytorch f32"),
                beside("salience bf16", "captum f32"), beside("salience bf16", "captum bf16"),
                beside("salience bf16", "pytorch bf16"), beside(f"salience f32 {tolerance:g}", "captum f32"),
                beside(f"salience bf16 {tolerance:g}", "captum f32"),
                *(f"{fraction:.0%}" if fraction else "-" for fraction in fractions)]


class Report:
    """The cells in the order in which they were asked for."""

    def __init__(self, contents, tolerance):
        self.cells, self.tolerance = [CellReport(content) for content in contents], tolerance
        self.faults = [fault for cell in self.cells for fault in cell.faults()]

    def programs(self):
        return table(["model", "tokens", "steps", "program", "rows/s", "× Captum f32 (range)",
                      "× Captum, same precision", "× PyTorch loop, same precision", "mean steps", "tokens × steps/s",
                      "GFLOP/s", "of matmul rate", "start s", "peak MiB", "worst distance or cosine (worst)"],
                     [line for cell in self.cells for line in cell.lines()])

    def ratios(self):
        return table(["model", "tokens", "steps", "texts", "Captum f32 rows/s", "Salience f32 rows/s",
                      "f32 / Captum f32", "f32 / loop f32", "bf16 / Captum f32", "bf16 / Captum bf16",
                      "bf16 / loop bf16", f"f32 {self.tolerance:g} / Captum f32",
                      f"bf16 {self.tolerance:g} / Captum f32", "f32 of matmul rate", "bf16 of matmul rate"],
                     [cell.ratios(self.tolerance) for cell in self.cells])

    def setups(self):
        """What the peers were given, and what is missing."""
        for cell in self.cells:
            where = " ".join(cell.label)
            chosen = "; ".join(f"{title(program)}: {entry['setup']}"
                               for program, entry in cell.content["programs"].items() if entry.get("setup"))
            yield f"- {where}: {cell.content['rows']} texts, {cell.content['tokens']:,} tokens. {chosen}"
            yield from (f"- {where}: {title(program)} is left out: {why}"
                        for program, why in cell.content["left_out"].items())

    ceiling = CEILING

    def short(self):
        """Programs whose share of the matrix product's rate asks for a profile."""
        return [(cell, program) for cell in self.cells for program in cell.content["programs"]
                if program.split()[0] == "salience" and len(program.split()) == 2
                and (cell.fraction(program) or 1) < CEILING]

    def write(self, folder, rounds, head, rest):
        """README.md in the folder, and every round as CSV (rounds.csv in the folder where no other file is named)."""
        text = "\n\n".join([f"# Measured\n\n{head}", "## Ratios\n\n" + self.ratios(),
                            "## Programs\n\n" + self.programs(), "## Set-ups\n\n" + "\n".join(self.setups()), *rest])
        (folder / "README.md").write_text(text + "\n")
        shared = [(cell, dict(zip(("model", "length", "steps_asked"), cell.label))) for cell in self.cells]
        write_csv(rounds or folder / "rounds.csv", [
            where | {"rows": cell.content["rows"], "tokens": cell.content["tokens"]} | entry
            | {f"matmul_gflops_{precision}": rate
               for precision, rate in (cell.content["ceilings"] or [{}])[min(
                   entry["round"], max(0, len(cell.content["ceilings"]) - 1))].items()}
            | {"peak_bytes": cell.content["programs"].get(entry["program"], {}).get("peak_bytes")}
            | cell.content["agreement"].get(entry["program"], {})
            for cell, where in shared for entry in cell.content["rounds"]])
