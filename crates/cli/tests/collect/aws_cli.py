"""The AWS CLI, read in once: whoever gives it fifty commands need not wait for fifty starts.

    python aws_cli.py serve SOCKET           waits for commands; a fork of it carries each out
    python aws_cli.py run SOCKET ARGUMENTS   has one carried out there as if it were here, and ends as it does
"""

import os
import socket
import sys


def serve(path):
    import signal

    from awscli.clidriver import create_clidriver

    driver = create_clidriver()
    for service in ["iam", "sso-admin"]:
        driver.session.get_service_model(service)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen()
    while True:
        caller, _ = listening.accept()
        if os.fork() == 0:  # nobody waits for it: it tells the caller how it ended
            listening.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            carry_out(driver, caller)
        caller.close()


def carry_out(driver, caller):
    """As the caller: with its streams, in its folder."""
    code = 255
    text, streams, _, _ = socket.recv_fds(caller, 1 << 16, 3)
    if not text:  # somebody asked whether anybody is here
        os._exit(0)
    try:
        folder, *arguments = text.decode().split("\0")
        for place, stream in enumerate(streams):
            os.dup2(stream, place)
        os.chdir(folder)
        code = driver.main(arguments)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        caller.sendall(str(code).encode())
        os._exit(0)


def run(path, *arguments):
    there = socket.socket(socket.AF_UNIX)
    there.connect(path)
    socket.send_fds(there, ["\0".join([os.getcwd(), *arguments]).encode()], [0, 1, 2])
    sys.exit(int(there.recv(16) or 255))


if __name__ == "__main__":
    {"serve": serve, "run": run}[sys.argv[1]](*sys.argv[2:])
