"""A baseline for downloads: a socket that sends 1 GiB from the disk cache, to one client a time."""

from __future__ import annotations

import socket
import tempfile

GIB = 1024**3


def main() -> None:
    with tempfile.TemporaryFile() as file, socket.create_server(("127.0.0.1", 0)) as listening:
        for _ in range(1024):
            file.write(b"\0" * (GIB // 1024))
        print(f"http://127.0.0.1:{listening.getsockname()[1]}/", flush=True)
        while True:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {GIB}\r\n\r\n".encode())
                connection.sendfile(file)


if __name__ == "__main__":
    main()
