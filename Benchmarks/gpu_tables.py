"""The tables of gpu.py, from the cells that it has measured; standard library only."""

import statistics

from scores import COSINE, DISTANCE
from tables import ratio, significant, table, write_csv


class Report:
    """The cells that were asked for, and the card's own rates."""

    def __init__(self, card, cells):
        self.card = card
        self.rounds, self.profiles, self.faults = [], [], []
        for cell in cells:
            self.rounds += cell["rounds"]
            self.profiles += cell["profiles"]
        self.text = self.render()

    def keys(self):
        """(model, tokens) of every cell, in order of size."""
        order = ("tiny", "minilm-l6", "distilbert-base", "bert-base")
        found = {(entry["model"], entry["tokens"]) for entry in self.rounds}
        return sorted(found, key=lambda key: (order.index(key[0]) if key[0] in order else 99, key[1]))

    def rates(self, key, program, precision):
        return [entry["rows"] / entry["seconds"] for entry in self.rounds
                if (entry["model"], entry["tokens"]) == key
                and (entry["program"], entry["precision"]) == (program, precision)]

    def agreement(self, key, precision):
        for entry in self.rounds:
            if (entry["model"], entry["tokens"], entry["program"], entry["precision"]) \
                    == (*key, "salience", precision) and "worst_distance" in entry:
                return entry
        return None

    def speed(self):
        rows = []
        for key in self.keys():
            rates = {(program, precision): self.rates(key, program, precision)
                     for program in ("captum", "salience") for precision in ("f32", "tf32", "bf16")}
            def median(*which):
                return significant(statistics.median(rates[which])) if rates[which] else "-"
            exact, narrow = self.agreement(key, "f32"), self.agreement(key, "bf16")
            if exact and exact["worst_distance"] > DISTANCE:
                self.faults.append(f"{key[0]} at {key[1]} tokens: f32 scores are {exact['worst_distance']:.1e} apart")
            if narrow and narrow["median_cosine"] < COSINE:
                self.faults.append(f"{key[0]} at {key[1]} tokens: bf16 scores' cosine is {narrow['median_cosine']:.4f}")
            rows.append([
                key[0], str(key[1]), median("captum", "f32"), median("captum", "tf32"), median("captum", "bf16"),
                median("salience", "f32"), median("salience", "bf16"),
                ratio(rates["salience", "f32"], rates["captum", "f32"]),
                ratio(rates["salience", "f32"], rates["captum", "tf32"]),
                ratio(rates["salience", "bf16"], rates["captum", "bf16"]),
                f"{exact['worst_distance']:.1e}" if exact else "-",
                f"{narrow['median_cosine']:.5f} ({narrow['worst_cosine']:.5f})" if narrow else "-",
            ])
        return table(
            ["model", "tokens", "Captum f32", "Captum TF32", "Captum bf16", "Salience f32", "Salience bf16",
             "f32 / f32", "f32 / TF32", "bf16 / bf16", "f32 distance", "bf16 cosine (worst)"], rows)

    def kernels(self):
        rows = []
        for entry in self.profiles:
            if entry["share"] < 0.005:
                continue
            flops, copied = entry["flops_per_second"], entry["bytes_per_second"]
            products = flops / self.card[entry["precision"]]
            rows.append([
                entry["model"], str(entry["tokens"]), entry["precision"], f"`{entry['kernel']}`",
                f"{entry['share']:.1%}", significant(flops / 1e12) if flops else "-",
                f"{products:.1%}" if flops else "-", significant(copied / 1e9),
                f"{copied / self.card['copy']:.1%}",
                f"{entry['fraction_of_ceiling']:.1%} of {entry['bound']}" if entry.get("bound") else "-",
            ])
        return table(
            ["model", "tokens", "precision", "kernel", "share", "TFLOP/s", "of the card's product", "GB/s",
             "of the card's copy", "of our own ceiling"], rows)

    def render(self):
        card = self.card
        rates = ", ".join(f"{name} {card[name] / 1e12:.3g} TFLOP/s" for name in ("f32", "tf32", "bf16"))
        devices = sorted({entry["device"] for entry in self.profiles})
        steps = sorted({entry["steps"] for entry in self.rounds})
        return "\n".join([
            "# Measured on a GPU", "",
            f"{card['device']}, PyTorch {card['torch']}; Salience on {'; '.join(devices) or 'nothing'}; "
            f"{', '.join(map(str, steps))} steps.", "",
            f"The card's own rates through PyTorch: products of {card['size']} x {card['size']}: {rates}; a copy of "
            f"{card['megabytes']} MiB: {card['copy'] / 1e9:.0f} GB/s, reading and writing.", "",
            "## Rows per second, medians over rounds", "", self.speed(), "", "## Kernels", "", self.kernels(), ""])

    def write(self, folder):
        (folder / "README.md").write_text(self.text)
        write_csv(folder / "rounds.csv", self.rounds)
        write_csv(folder / "kernels.csv", self.profiles)
