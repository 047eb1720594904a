"""What run.py measures: cells of a model, a length and a number of steps, and the programs that alternate in them."""

import csv
import dataclasses
import pathlib
import sys
import time

from tokenizers import Tokenizer
from transformers import AutoConfig

import cells
import checkpoints
import scores
import seeded_models
import work
from matrix_tables import run_name
from peer_process import PeerDied, PeerProcess
from salience_peer import SaliencePeer, matmul_gflops

ROOT = pathlib.Path(__file__).resolve().parent.parent
# An unknown word is a word: its place is replaced by the baseline like any other.
KEPT = ("[CLS]", "[SEP]", "[PAD]", "[MASK]")
LEAST_ROWS, MOST_ROWS = 2, 1024
# Tokens times steps of a call of Captum's above which smaller ones, and fewer steps for choosing, are tried too.
LARGE_CALL, SMALL_CALL, CHOICE = 25_000, 2_048, 10_000
# Operations that set-ups are chosen on, and how many short texts at least.
CHOICE_WORK, CHOICE_ROWS = 0.4e12, 4
SOURCES = ("matrix.py", "captum_peer.py", "pytorch_peer.py", "peer_process.py", "salience_peer.py", "child_process.py",
           "checkpoints.py", "seeded_models.py", "scores.py", "work.py")


@dataclasses.dataclass(frozen=True)
class Cell:
    """`tokens` of every text, or None for the real texts as they are."""

    model: str
    tokens: int | None
    steps: int

    @property
    def name(self):
        return f"{self.model}-{self.tokens or 'real'}-{self.steps}"


@dataclasses.dataclass(frozen=True)
class Program:
    """`tolerance` None: the cell's fixed steps."""

    peer: str
    precision: str
    tolerance: float | None = None

    @property
    def name(self):
        return f"{self.peer} {self.precision}" + (f" {self.tolerance:g}" if self.tolerance else "")


def directory(name, cache):
    """The checkpoint's folder, made where it is not there yet."""
    family = checkpoints if name in checkpoints.NAMES else seeded_models
    return family.directory(name, pathlib.Path(cache) / "models")


def shared_key(arguments, folders, sources):
    """What the figures of every kind of cell depend on."""
    return {"binary": None if arguments.peer_only else cells.digest(arguments.salience),
            "checkpoints": [cells.digest(pathlib.Path(folder) / name) for folder in folders
                            for name in ("config.json", "model.safetensors", "tokenizer.json")],
            "threads": arguments.threads, "versions": arguments.versions, "machine": cells.machine(),
            "benchmark": cells.sources(*sources)}


def real_texts():
    with (ROOT / "datasets/reviews.csv").open(newline="", encoding="utf-8") as file:
        return [row["text"] for row in csv.DictReader(file)]


class Measurement:
    """One cell on its texts: every program's set-up, then rounds in which they take turns."""

    def __init__(self, cell, programs, arguments, until):
        self.cell, self.programs, self.arguments, self.until = cell, programs, arguments, until
        self.directory = directory(cell.model, arguments.cache)
        self.config = AutoConfig.from_pretrained(self.directory)
        self.tokenizer = Tokenizer.from_file(str(self.directory / "tokenizer.json"))
        self.texts, self.ids = self.sample()
        self.lengths = list(map(len, self.ids))
        self.setups, self.left_out = {}, {}

    def operations_of(self, count):
        return work.operations(self.config, [len(row) for row in self.ids[:count]], self.cell.steps)

    def sample(self):
        """Texts and their tokens: as many as the options say, or as the work of a round allows."""
        asked, budget = self.arguments.rows, self.arguments.work * 1e12
        if self.cell.tokens:
            each = work.operations(self.config, [self.cell.tokens], self.cell.steps)
            count = asked or int(max(LEAST_ROWS, min(MOST_ROWS, budget / each)))
            return seeded_models.texts(self.cell.tokens, count, self.directory)[:2]
        texts = real_texts()[:asked or MOST_ROWS]
        ids = [encoding.ids for encoding in self.tokenizer.encode_batch(texts)]
        if not asked:
            spent, count = 0, 0
            while count < len(ids) and (count < LEAST_ROWS or spent < budget):
                spent += work.operations(self.config, [len(ids[count])], self.cell.steps)
                count += 1
            texts, ids = texts[:count], ids[:count]
        return texts, ids

    def key(self):
        """Everything that the cell's figures depend on."""
        return shared_key(self.arguments, [self.directory], SOURCES) | dataclasses.asdict(self.cell) | {
            "programs": [program.name for program in self.programs], "rounds": self.arguments.rounds,
            "texts": self.texts}

    def say(self, text):
        print(f"{self.cell.name}: {text}", file=sys.stderr)

    def measure(self):
        peers = {}
        try:
            return self.measured_with(peers)
        finally:
            for peer in peers.values():
                if isinstance(peer, PeerProcess):
                    peer.close()

    def measured_with(self, peers):
        for program in self.programs:
            try:
                self.start(program, peers)
            except PeerDied as error:
                self.leave_out(program, peers, str(error))
        rounds, found, ceilings = [], {}, []
        for number in range(self.arguments.rounds):
            start = time.monotonic()
            if number and start + (start - began) > self.until:
                self.say(f"{number} rounds are what the time allows (--minutes)")
                break
            began = start
            for program, peer in list(peers.items()):
                try:
                    entry, found[program] = self.round(program, peer)
                except PeerDied as error:
                    self.leave_out(program, peers, str(error))
                    continue
                rounds.append({"program": program.name, "round": number} | entry)
                self.say(f"{program.name}, round {number + 1}: {len(self.ids) / entry['seconds']:.2f} rows/s")
            if not self.arguments.peer_only:
                ceilings.append(matmul_gflops(self.arguments.salience))
        for program, peer in peers.items():
            self.setups[program.name]["peak_bytes"] = peer.peak_bytes
        return {"cell": dataclasses.asdict(self.cell), "rows": len(self.ids), "tokens": sum(self.lengths),
                "threads": self.arguments.threads, "programs": self.setups, "left_out": self.left_out,
                "rounds": [entry for entry in rounds if entry["program"] in self.setups],
                "ceilings": ceilings, "agreement": self.agreement(peers, found)}

    def leave_out(self, program, peers, why):
        self.say(f"{program.name} is left out: {why}")
        self.left_out[program.name] = why
        self.setups.pop(program.name, None)
        peer = peers.pop(program, None)
        if peer is not None:
            peer.close()

    def start(self, program, peers):
        """The program with its set-up chosen, ready to take turns."""
        if program.peer == "salience":
            peer = SaliencePeer(
                self.arguments.salience, self.directory, self.texts,
                self.arguments.cache / "runs" / run_name(self.cell.name, program.name), self.cell.steps,
                precision=program.precision, tolerance=program.tolerance)
            peer.run("--limit", "2")
            used = peer.run_file()["precision"]["used"]
            if used != program.precision:
                return self.leave_out(program, peers, f"this processor has no {program.precision}, {used} is kept")
            peers[program] = peer
            self.setups[program.name] = {}
            return
        longest = max(self.lengths) * self.cell.steps
        large = longest > LARGE_CALL / 4
        peer = PeerProcess(
            program.name, self.arguments.threads, self.arguments.cache / "compiled", peer=program.peer,
            precision=program.precision, directory=str(self.directory), ids=self.ids, steps=self.cell.steps,
            baseline_id=self.tokenizer.token_to_id("[PAD]"), mixed=self.cell.tokens is None,
            special_ids=[self.tokenizer.token_to_id(token) for token in KEPT],
            texts_per_call=[1] if large else [1, 4],
            points_per_call=[None, max(1, SMALL_CALL // max(self.lengths))] if large else [None])
        peers[program] = peer
        each = self.operations_of(len(self.ids)) / len(self.ids)
        count = int(min(12, len(self.ids), max(1 if large else CHOICE_ROWS, CHOICE_WORK / each)))
        rates = peer.choose(count, max(5, min(self.cell.steps, CHOICE // max(self.lengths))))
        self.setups[program.name] = {"setup": peer.setup, "start_seconds": peer.start_seconds, "tried": rates}
        self.say(f"{program.name}: " + "; ".join(f"{setup}: {rate:.2f} rows/s" for setup, rate in rates.items()))

    def round(self, program, peer):
        """One turn: its seconds and what it did, and the token scores."""
        if program.peer != "salience":
            seconds, found = peer.run()
            return {"seconds": seconds, "steps": self.cell.steps,
                    "operations": self.operations_of(len(self.ids))}, found
        whole, seconds = peer.run()
        method = peer.method()
        steps = method["steps"] / max(1, method["explanations"])
        return {"seconds": seconds, "whole_seconds": whole, "steps": steps,
                "unconverged": method.get("unconverged", 0) if program.tolerance else None,
                "operations": work.executed_operations(self.config, self.lengths, steps, program.tolerance)}, peer.scores()

    def agreement(self, peers, found):
        """Every other program's scores beside those of Captum in float32."""
        captum = Program("captum", "f32")
        if captum not in found:
            return {}
        result = {}
        for program, values in found.items():
            exact = program.precision == "f32" and not program.tolerance
            if program == captum:
                continue
            result[program.name] = scores.judged(values, found[captum], peers[captum].exact) \
                if exact and captum in peers else scores.compare(values, found[captum])
        return result
