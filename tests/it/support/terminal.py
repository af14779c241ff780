"""Runs a command on a terminal of 24 lines and 100 columns, and hands on what it shows and its exit code.

    python3 terminal.py COMMAND ARGUMENTS…
"""

import fcntl
import os
import pty
import struct
import sys
import termios

child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    os.execv(sys.argv[1], sys.argv[1:])
shown = sys.stdout.buffer
while True:
    try:
        some = os.read(terminal, 65536)
    except OSError:  # Linux tells the end of a terminal as an error.
        break
    if not some:
        break
    shown.write(some)
shown.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
