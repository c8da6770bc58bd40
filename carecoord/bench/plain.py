"""What smtplib alone can push: `python -m carecoord.bench.plain PORT NUMBER FILE`, over one connection.

Says "ready", waits for a line, sends the message in FILE so many times to as many people, says "done".
"""

import smtplib
import sys
from pathlib import Path

if __name__ == "__main__":
    port, number, message = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]).read_bytes()
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as server:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        for n in range(number):
            server.sendmail("appointments@localhost", [f"p{n}@example.net"], message)
        sys.stdout.write("done\n")
