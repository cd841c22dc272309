"""The AWS CLI and boto3, read in once: whoever gives them fifty commands need not wait for fifty starts.

    python warm.py serve SOCKET                   waits for commands, once it has said so; a fork of it carries each out
    python warm.py run SOCKET aws ARGUMENTS       has one carried out there as if it were here, and ends as it does
    python warm.py run SOCKET SCRIPT ARGUMENTS    the same with a script that uses boto3
"""

import os
import socket
import sys


def serve(path):
    import signal

    import boto3
    from awscli.clidriver import create_clidriver

    driver = create_clidriver()
    for service in ["iam", "sso-admin"]:
        driver.session.get_service_model(service)
        boto3.client(service)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen()
    print("ready", flush=True)
    while True:
        caller, _ = listening.accept()
        if os.fork() == 0:  # nobody waits for it: it tells the caller how it ended
            listening.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            carry_out(driver, caller)
        caller.close()


def carry_out(driver, caller):
    """As the caller: with its streams, in its folder."""
    import runpy
    import traceback

    code = 255
    text, streams, _, _ = socket.recv_fds(caller, 1 << 16, 3)
    try:
        folder, program, *arguments = text.decode().split("\0")
        for place, stream in enumerate(streams):
            os.dup2(stream, place)
        os.chdir(folder)
        if program == "aws":
            code = driver.main(arguments)
        else:
            sys.argv = [program, *arguments]
            runpy.run_path(program, run_name="__main__")
            code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        caller.sendall(str(code).encode())
        os._exit(0)


def run(path, *arguments):
    there = socket.socket(socket.AF_UNIX)
    there.connect(path)
    socket.send_fds(there, ["\0".join([os.getcwd(), *arguments]).encode()], [0, 1, 2])
    sys.exit(int(there.recv(16) or 255))


if __name__ == "__main__":
    {"serve": serve, "run": run}[sys.argv[1]](*sys.argv[2:])
