"""A PyTorch program in a process of its own, so that its memory and its start are its own too.

The parent's half is `PeerProcess`; run as a program, this file is the child's half: a job, then requests, a line of
JSON each, on standard input, and a line of JSON for each on standard output.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

from child_process import end_with_parent


class PeerDied(Exception):
    """The child is gone, for want of memory as a rule."""


class PeerProcess:
    """One peer, one model, one precision: the interface of the peer that the job names."""

    def __init__(self, name, threads, cache, **job):
        self.name, self.setup = name, None
        environment = os.environ | {
            "OMP_NUM_THREADS": str(threads), "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false",
            # What torch.compile has compiled once is there for the next run; one process compiles.
            "TORCHINDUCTOR_CACHE_DIR": str(pathlib.Path(cache).resolve()), "TORCHINDUCTOR_COMPILE_THREADS": "1"}
        start = time.perf_counter()
        self.child = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      env=environment, text=True, preexec_fn=end_with_parent)
        self.ask(job | {"threads": threads})
        self.start_seconds = time.perf_counter() - start

    def ask(self, request):
        try:
            self.child.stdin.write(json.dumps(request) + "\n")
            self.child.stdin.flush()
            reply = self.child.stdout.readline()
        except BrokenPipeError:
            reply = ""
        if not reply:
            raise PeerDied(f"{self.name} ended with {self.child.wait()}")
        return json.loads(reply)

    def choose(self, rows, steps):
        """Rows per second by set-up, as text; the fastest is kept."""
        reply = self.ask({"do": "choose", "rows": rows, "steps": steps})
        self.setup = reply["setup"]
        return reply["rates"]

    def run(self):
        """Seconds and the token scores, by row."""
        reply = self.ask({"do": "run"})
        return reply["seconds"], {int(row): values for row, values in reply["scores"].items()}

    def exact(self, row):
        """The token scores of one text in float64, and how near they come to a kink."""
        reply = self.ask({"do": "exact", "row": row})
        return reply["scores"], reply["kink"]

    @property
    def peak_bytes(self):
        """The most memory that was resident since the set-up was chosen."""
        return self.ask({"do": "peak"})["bytes"]

    def close(self):
        self.child.kill()
        self.child.wait()
        self.child.stdin.close()
        self.child.stdout.close()


def make_peer(job):
    """The peer itself, in the child."""
    import torch
    from transformers.utils import logging
    torch.set_num_threads(job["threads"])
    logging.disable_progress_bar()
    shared = (job["directory"], job["ids"], job["baseline_id"], set(job["special_ids"]), job["steps"])
    if job["peer"] == "captum":
        from captum_peer import CaptumPeer
        return CaptumPeer(*shared, precision=job["precision"], texts_per_call=job["texts_per_call"],
                          points_per_call=job["points_per_call"])
    from pytorch_peer import PyTorchPeer
    return PyTorchPeer(*shared, precision=job["precision"], mixed=job["mixed"])


def forget_peak():
    """From here on the peak is counted afresh, without the set-ups that were tried and not kept."""
    import ctypes
    import gc
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)
        pathlib.Path("/proc/self/clear_refs").write_text("5")
    except (OSError, AttributeError):
        print("the peak memory of this process cannot be reset: it counts every set-up tried", file=sys.stderr)


def peak_bytes():
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def setup_text(setup):
    return ", ".join(str(part) for part in setup if part is not None)


def answer(peer, request):
    match request["do"]:
        case "choose":
            rates = peer.choose(request["rows"], steps=request["steps"])
            peer.keep(peer.setup)
            forget_peak()
            return {"setup": setup_text(peer.setup),
                    "rates": {setup_text(setup): rate for setup, rate in rates.items()}}
        case "run":
            seconds, scores = peer.run()
            return {"seconds": seconds, "scores": {row: values.double().tolist() for row, values in scores.items()}}
        case "exact":
            scores, kink = peer.exact(request["row"])
            return {"scores": scores.tolist(), "kink": kink}
        case "peak":
            return {"bytes": peak_bytes()}


def main():
    # The parent decides what an interrupt means, and a closed pipe ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    peer = make_peer(json.loads(sys.stdin.readline()))
    reply = {}
    while True:
        replies.write(json.dumps(reply) + "\n")
        replies.flush()
        request = sys.stdin.readline()
        if not request:
            return
        reply = answer(peer, json.loads(request))


if __name__ == "__main__":
    main()
