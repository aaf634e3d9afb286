"""Out of the folder: files, links, what is found beside a notebook, the network."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

from support.hostile.course import DIED, attack


def _link(folder: Path, course: Path) -> None:
    (folder / "gradebook.csv").symlink_to(course / "gradebook.db")
    (folder / "neighbour.txt").symlink_to(course / "submitted" / "anna" / "ps" / "ps.ipynb")
    (folder / "all").symlink_to(course / "submitted")
    (folder / "source.ipynb").symlink_to(course / "source" / "ps" / "ps.ipynb")
    (folder / "round").symlink_to(folder)
    (folder / "nowhere").symlink_to("/nowhere/at/all")


def _odd(folder: Path, course: Path) -> None:
    os.mkfifo(folder / "pipe.csv")
    (folder / "bad\x1b[2J\x1b]0;owned\x07name.txt").write_text("x")
    (folder / "new\nline.txt").write_text("x")
    Path(os.fsdecode(os.fsencode(str(folder)) + b"/not-utf8-\xff.txt")).write_text("x")
    (folder / "<img src=x onerror=alert(1)>.txt").write_text("x")
    (folder / "closed").mkdir(mode=0o700)
    (folder / "closed" / "x").write_text("x")


class _Bomb:
    def __reduce__(self) -> Any:
        return (exec, ("import os; open('/tmp/coursekit-hostile-pickle', 'w').write('x')",))


OUTSIDE = (
    attack(
        "writes-outside",
        "a file outside its own folder",
        r"""
        import os, sys
        folders = ['/', '/usr', '/etc', '/tmp', '/var/tmp', '/root', '/home', '/module', '/dev', '/dev/shm']
        folders += ['..', '../..', '../../..', '/proc/1/root/tmp', sys.prefix]
        folders += [os.path.dirname(os.__file__), os.path.expanduser('~')]
        for place in [f'{folder}/coursekit-hostile' for folder in folders]:
            try:
                with open(place, 'w') as f:
                    f.write('x')
                os.chmod(place, 2559)
                print('wrote', place)
            except OSError as e:
                print(place, e.strerror)
        for name in (os.__file__, sys.executable):
            try:
                open(name, 'ab').write(b'')
                print('opened', name)
            except OSError as e:
                print(e.strerror)
        """,
    ),
    attack(
        "links-in-its-folder",
        "what links lead to, when the folder is read or emptied",
        r"""
        import os
        os.symlink('/', 'everything')
        os.symlink('..', 'above')
        os.symlink('loop', 'loop')
        os.symlink('/usr/lib', 'lib')
        os.symlink('/etc/passwd', 'answer.txt')
        for name in ('/etc/passwd', '/usr/bin/env', '/proc/self/environ'):
            try:
                os.link(name, 'hard-' + os.path.basename(name))
            except OSError as e:
                print(e.strerror)
        for name in ('ps.ipynb', '../ps.ipynb'):
            try:
                os.symlink('/etc/passwd', name)
            except OSError as e:
                print(e.strerror)
        os.mkfifo('pipe')
        os.makedirs('x/y/z')
        os.chmod('x/y', 0)
        """,
        named="looks-around",
    ),
    attack(
        "links-handed-in",
        "what links in the submitted folder lead to",
        r"""
        print(open('neighbour.txt').read())
        """,
        place=_link,
    ),
    attack(
        "odd-files-handed-in",
        "a grader that stops at a pipe or an odd name",
        r"""
        import os
        print(os.listdir('.'))
        """,
        place=_odd,
    ),
    attack(
        "files-that-run-when-found",
        "a grader that imports, unpickles or configures itself from the submitted folder",
        r"""
        import os
        print(sorted(os.listdir('.')))
        """,
        files={
            **dict.fromkeys(
                (
                    *("nbgrader_config.py", "jupyter_config.py", "sitecustomize.py", "usercustomize.py"),
                    *("conftest.py", "json.py", "nbformat.py", "coursekit.py", "ipython_config.py"),
                ),
                b"open('/tmp/coursekit-hostile-config', 'w').write('x')\n",
            ),
            "model.pkl": pickle.dumps(_Bomb()),
            "model.joblib": pickle.dumps(_Bomb()),
            "x.pth": b"import os; open('/tmp/coursekit-hostile-config', 'w')\n",
        },
    ),
    attack(
        "unpickles",
        "code that runs while a file is read",
        r"""
        import pickle, base64, io

        class R:

            def __init__(self, f, *a):
                self.f, self.a = (f, a)

            def __reduce__(self):
                return (self.f, self.a)
        touches = "import os; os.system('touch /tmp/coursekit-hostile-pickle; id')"
        for f, *a in ((exec, touches), (open, '/etc/shadow'), (eval, "__import__('os')._exit(3)")):
            try:
                print(pickle.loads(pickle.dumps(R(f, *a))))
            except BaseException as e:
                print(type(e).__name__)
        pickle.loads(base64.b64decode('gASVXAAAAAAAAACMCGJ1aWx0aW5zlIwEZXhlY5STlIxAaW1wb3J0IG9zOyBvcGVuKCcvdG1wL2NvdXJzZWtpdC1ob3N0aWxlLXBpY2tsZScsICd3Jykud3JpdGUoJ3gnKZSFlFKULg=='))
        """,
        named=DIED,
    ),
    attack(
        "makes-new-worlds",
        "a world of its own, in which it is root",
        r"""
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        for flags in (0x10000000, 0x10020000, 0x40000000, 0x00020000, 0x7E020000):
            print(libc.unshare(flags), os.strerror(ctypes.get_errno()))
        print(libc.mount(b'x', b'/tmp', b'tmpfs', 0, None), os.strerror(ctypes.get_errno()))
        os.system('unshare -Ur id; unshare -Urm mount -t tmpfs x /mnt; nsenter -t 1 -a id; su -c id; sudo -n id')
        """,
        named="reaches-into-memory",
    ),
    attack(
        "talks-to-the-network",
        "a way out: TCP, UDP, DNS, unix and abstract sockets, netlink, raw packets",
        r"""
        import socket, os

        def tries(name, f):
            try:
                print(name, 'went out', f())
            except BaseException as e:
                print(name, type(e).__name__, e)

        def tcp(host, port):
            with socket.socket() as s:
                s.settimeout(0.5)
                s.connect((host, port))
                s.sendall(b'coursekit-hostile')
                return True

        def udp(host, port):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                return s.sendto(b'coursekit-hostile', (host, port))
        for port in (47811,) + (22, 53, 80, 443, 5432, 8000, 8081, 2375):
            tries(f'tcp {port}', lambda: tcp('127.0.0.1', port))
        for host in ('1.1.1.1', '169.254.169.254', '10.0.2.2', '192.168.0.1'):
            tries(host, lambda: tcp(host, 80))
            tries(host, lambda: udp(host, 53))
        for port in (47811,):
            tries(f'udp {port}', lambda: udp('127.0.0.1', port))
        tries('dns', lambda: socket.gethostbyname('example.com'))
        tries('listen', lambda: socket.create_server(('0.0.0.0', 0)).close())
        paths = ['/run/docker.sock', '/var/run/docker.sock', '/run/dbus/system_bus_socket', '/tmp/.X11-unix/X0']
        for path in [*paths, '\x00coursekit-hostile-abstract-47811', '\x00/tmp/.X11-unix/X0']:

            def unix():
                with socket.socket(socket.AF_UNIX) as s:
                    s.connect(path)
                    s.sendall(b'coursekit-hostile')
                    return True
            tries(repr(path), unix)
        raw = [(name, socket.SOCK_RAW) for name in ('AF_NETLINK', 'AF_PACKET', 'AF_INET')]
        for family, kind in [*raw, ('AF_VSOCK', socket.SOCK_STREAM), ('AF_ALG', 5)]:
            tries(family, lambda: socket.socket(getattr(socket, family), kind).fileno())
        os.system('ip addr; curl -sm1 http://127.0.0.1; ping -c1 -W1 1.1.1.1')
        """,
    ),
)
