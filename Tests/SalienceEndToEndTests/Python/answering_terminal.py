"""Runs a program on a terminal that answers questions about itself, and prints what it shows.

Usage: answering_terminal.py BACKGROUND PROGRAM [ARGUMENT ...]

BACKGROUND is the colour that OSC 11 is answered with, `rgb:ffff/ffff/ffff` for one; `none` leaves that question
unanswered, as older terminals do. DA1 is always answered, as xterm does. `typed` types a letter before the program
asks, and fails where a question is put nevertheless.
"""
import os
import pty
import select
import sys
import time

background, program = sys.argv[1], sys.argv[2:]
process, terminal = pty.fork()
if process == 0:
    os.execv(program[0], program)
if background == "typed":
    os.write(terminal, b"x")
shown = b""
deadline = time.monotonic() + 60
while time.monotonic() < deadline:
    if not select.select([terminal], [], [], 0.1)[0]:
        continue
    try:
        more = os.read(terminal, 65536)
    except OSError:
        break
    if not more:
        break
    shown += more
    if b"\x1b]11;?\x1b\\\x1b[c" in shown:
        assert background != "typed", "asked while something typed was waiting"
        shown = shown.replace(b"\x1b]11;?\x1b\\\x1b[c", b"")
        answer = b"\x1b[?62;22c"
        if background != "none":
            answer = b"\x1b]11;" + background.encode() + b"\x1b\\" + answer
        os.write(terminal, answer)
_, status = os.waitpid(process, 0)
sys.stdout.write(shown.decode())
sys.exit(os.waitstatus_to_exitcode(status))
