"""A program's seconds and peak resident memory, and children that end with their parent; standard library only.

    python child_process.py COMMAND...      runs it and prints {"seconds", "peak_bytes", "status"}

A child's peak begins with what its parent held when it was started, so that a large parent measures itself: the
command is started by this small program instead.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time


def end_with_parent():
    """In a child, before the program starts: it is killed as soon as its parent is gone, however that went."""
    PR_SET_PDEATHSIG = 1
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def measured(command):
    """Seconds and peak bytes of a command that must succeed."""
    command = [str(part) for part in command]
    result = subprocess.run([sys.executable, "-I", __file__, *command], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, preexec_fn=end_with_parent)
    if result.returncode != 0:
        raise SystemExit(f"{' '.join(command)} could not be run")
    report = json.loads(result.stdout)
    if report["status"] != 0:
        raise SystemExit(f"{' '.join(command)} exited {report['status']}")
    return report["seconds"], report["peak_bytes"]


def main():
    command = sys.argv[1:]
    start = time.perf_counter()
    child = os.fork()
    if child == 0:
        end_with_parent()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        try:
            os.execvp(command[0], command)
        except OSError as error:
            print(f"{command[0]}: {error.strerror}", file=sys.stderr)
            os._exit(127)
    _, status, usage = os.wait4(child, 0)
    print(json.dumps({"seconds": time.perf_counter() - start, "peak_bytes": usage.ru_maxrss * 1024,
                      "status": os.waitstatus_to_exitcode(status)}))


if __name__ == "__main__":
    main()
