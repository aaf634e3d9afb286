"""All the room: processes, memory, disk, output, time."""

from __future__ import annotations

from support.hostile.course import CUT, DIED, SLOW, attack

ROOM = (
    attack(
        "fork-bomb",
        "all processes of the machine",
        r"""
        import os, time
        until = time.time() + 3
        while time.time() < until:
            try:
                os.fork()
            except OSError:
                time.sleep(0.01)
        """,
        named=f"{DIED} steers-the-process",
    ),
    attack(
        "fork-bomb-of-shells",
        "all processes of the machine",
        r"""
        import subprocess
        for _ in range(3000):
            try:
                subprocess.Popen(['sh', '-c', '(sleep 9 & sleep 9 & sleep 9 &) & sleep 9'], start_new_session=True)
            except OSError:
                break
        """,
    ),
    attack(
        "thread-bomb",
        "all threads of the machine",
        r"""
        import threading, time
        threads = []
        try:
            for _ in range(20000):
                t = threading.Thread(target=time.sleep, args=(20,))
                t.start()
                threads.append(t)
        except RuntimeError as e:
            print(len(threads), e)
        """,
    ),
    attack(
        "memory-in-one-block",
        "all memory",
        r"""
        block = bytearray(1 << 36)
        for i in range(0, len(block), 4096):
            block[i] = 1
        """,
    ),
    attack(
        "memory-in-small-pieces",
        "all memory",
        r"""
        kept = []
        while True:
            kept.append(bytearray(1 << 20))
        """,
    ),
    attack(
        "memory-and-catch",
        "all memory, again and again",
        r"""
        kept = []
        for _ in range(10 ** 6):
            try:
                kept.append(bytearray(1 << 22))
            except MemoryError:
                pass
        """,
        named=f"{SLOW} too-much-memory",
    ),
    attack(
        "memory-in-children",
        "all memory, in many processes",
        r"""
        import os, time
        for _ in range(40):
            try:
                pid = os.fork()
            except OSError:
                break
            if not pid:
                kept = [bytearray(b'x' * (1 << 20)) for _ in range(400)]
                time.sleep(8)
                os._exit(0)
        time.sleep(3)
        """,
        named=f"{DIED} steers-the-process",
    ),
    attack(
        "memory-in-shm",
        "all memory, by files in it",
        r"""
        import os
        for place in ('/dev/shm', '/tmp', '.'):
            try:
                for n in range(200):
                    with open(f'{place}/f{n}', 'wb') as f:
                        f.write(b'x' * (32 << 20))
            except OSError as e:
                print(place, n, e.strerror)
        """,
    ),
    attack(
        "memory-without-names",
        "all memory, by files without a name and shared maps",
        r"""
        import os, mmap
        kept = []
        try:
            for n in range(600):
                fd = os.memfd_create('x')
                os.ftruncate(fd, 32 << 20)
                m = mmap.mmap(fd, 32 << 20)
                m[:] = b'x' * (32 << 20)
                kept.append((fd, m))
        except BaseException as e:
            print(n, e)
        """,
    ),
    attack(
        "memory-in-pipes",
        "all memory, in the kernel's own buffers",
        r"""
        import os, socket
        kept = []
        try:
            for n in range(5000):
                a, b = socket.socketpair()
                a.setblocking(False)
                kept += [a, b]
                try:
                    while True:
                        a.send(b'x' * 65536)
                except BlockingIOError:
                    pass
        except OSError as e:
            print(n, e)
        """,
    ),
    attack(
        "disk-in-one-file",
        "all of the disk",
        r"""
        with open('big', 'wb') as f:
            while True:
                f.write(b'x' * (1 << 22))
        """,
    ),
    attack(
        "disk-in-many-files",
        "all of the disk's entries",
        r"""
        n = 0
        try:
            while n < 300000:
                open(f'f{n}', 'w').close()
                n += 1
        except OSError as e:
            print(n, e)
        """,
        named=SLOW,
    ),
    attack(
        "disk-in-deep-folders",
        "a folder too deep to be emptied",
        r"""
        import os
        for n in range(20000):
            os.mkdir('d')
            os.chdir('d')
        """,
    ),
    attack(
        "disk-sparse",
        "files that seem endless",
        r"""
        import os
        for n in range(3):
            try:
                with open(f's{n}', 'wb') as f:
                    f.truncate(1 << 40)
            except OSError as e:
                print(e)
        """,
    ),
    attack(
        "output-on-one-line",
        "a gigantic notebook",
        r"""
        print('x' * 200000000)
        """,
        named=CUT,
    ),
    attack(
        "output-without-end",
        "a gigantic notebook",
        r"""
        while True:
            print('spam and eggs')
        """,
        named=SLOW,
    ),
    attack(
        "output-below-python",
        "a gigantic notebook, by the descriptor",
        r"""
        import os
        for _ in range(3000):
            try:
                os.write(1, b'x' * 65536)
            except OSError as e:
                break
        """,
        named=CUT,
    ),
    attack(
        "a-million-displays",
        "a gigantic notebook",
        r"""
        from IPython.display import display
        for n in range(10 ** 6):
            display(n)
        """,
        named=CUT,
    ),
    attack(
        "displays-that-change",
        "a slow notebook",
        r"""
        from IPython.display import display, clear_output
        h = display('x', display_id=True)
        for n in range(10 ** 6):
            h.update('y' * 1000)
            clear_output()
        """,
        named=SLOW,
    ),
    attack(
        "a-huge-repr",
        "a gigantic notebook",
        r"""
        class H:

            def __repr__(self):
                return 'r' * 100000000
        for _ in range(3):
            display(H())
        total = 5
        H()
        """,
        named=CUT,
    ),
    attack(
        "a-repr-that-lies",
        "an output that is no text",
        r"""
        class H:

            def __repr__(self):
                return 5

            def _repr_html_(self):
                return object()

            def _repr_mimebundle_(self, **k):
                return ({5: 6, 'text/plain': {1: 2}, 'x' * 99: b'\xff', 'image/png': -1}, [])
        total = 5
        display(H())
        H()
        """,
    ),
    attack(
        "a-huge-exception",
        "a gigantic notebook",
        r"""
        raise ValueError('x' * 100000000)
        """,
        easy_after="",
    ),
    attack(
        "a-chain-of-exceptions",
        "a traceback without end",
        r"""
        e = None
        for n in range(20000):
            f = ValueError(n)
            f.__cause__ = e
            e = f
        total = 5
        raise e
        """,
    ),
    attack(
        "an-exception-that-hurts",
        "an error in the handling of an error",
        r"""
        class E(Exception):

            def __str__(self):
                raise self
            __repr__ = __str__

            @property
            def __traceback__(self):
                raise SystemExit

            def __getattribute__(self, n):
                raise KeyboardInterrupt
        total = 5
        raise E()
        """,
    ),
    attack(
        "a-group-of-exceptions",
        "a traceback without end",
        r"""
        e = ValueError('x')
        for n in range(300):
            e = ExceptionGroup('y' * 1000, [e, e, e])
        total = 5
        raise e
        """,
    ),
    attack(
        "giant-integers",
        "all processor time, where no signal is heard",
        r"""
        x = 9 ** 9 ** 9
        """,
        named=SLOW,
    ),
    attack(
        "giant-integers-as-text",
        "all processor time",
        r"""
        import sys
        sys.set_int_max_str_digits(0)
        print(len(str(7 ** 9000000)))
        """,
        named=SLOW,
    ),
    attack(
        "recursion",
        "the stack",
        r"""
        import sys
        sys.setrecursionlimit(10 ** 9)

        def f(n):
            return f(n + 1) + 1
        total = 5
        f(0)
        """,
        named=DIED,
    ),
    attack(
        "recursion-in-data",
        "the stack of whoever prints it",
        r"""
        x = []
        for _ in range(100000):
            x = [x]
        total = 5
        x
        """,
    ),
    attack(
        "regular-catastrophe",
        "all processor time",
        r"""
        import re
        re.match('(a+)+$', 'a' * 40 + 'b')
        """,
        named=SLOW,
    ),
    attack(
        "loops-that-catch-everything",
        "to run for ever",
        r"""
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass
        """,
        named=SLOW,
    ),
    attack(
        "deaf-to-signals",
        "to run for ever",
        r"""
        import signal
        for n in range(1, 65):
            try:
                signal.signal(n, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
        while True:
            pass
        """,
        named=SLOW,
    ),
    attack(
        "sleeps",
        "to wait for ever",
        r"""
        import time
        time.sleep(10 ** 6)
        """,
        named=SLOW,
    ),
    attack(
        "stops-itself",
        "to stand still, so that nobody is told",
        r"""
        import os, signal
        os.kill(os.getpid(), signal.SIGSTOP)
        """,
        named=SLOW,
    ),
    attack(
        "asks-for-input",
        "to wait for a person",
        r"""
        x = input('?')
        """,
        easy_after="",
    ),
    attack(
        "unpacks-a-bomb",
        "memory or disk, from a small file",
        r"""
        import zlib
        bomb = zlib.compress(b'x' * (1 << 28), 9)
        kept = []
        for _ in range(40):
            kept.append(zlib.decompress(bomb))
        """,
    ),
    attack(
        "memory-that-nobody-counts",
        "all memory, by files without a name that no process has mapped",
        r"""
        import os
        kept = []
        try:
            for n in range(60):
                kept.append(os.memfd_create('x'))
                for _ in range(16):
                    os.write(kept[-1], b'x' * (1 << 20))
        except OSError as e:
            print(n, e)
        """,
    ),
    attack(
        "memory-in-the-kernel",
        "all memory, in segments that outlive everybody",
        r"""
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        libc.shmat.restype = ctypes.c_void_p
        libc.shmdt.argtypes = [ctypes.c_void_p]
        for n in range(8):
            number = libc.shmget(0, 100 << 20, 0o1666)
            place = libc.shmat(number, None, 0) if number >= 0 else None
            if place in (None, 2 ** 64 - 1):
                break
            ctypes.memset(place, 1, 100 << 20)
            libc.shmdt(place)
        print(n)
        """,
        named="reaches-into-memory",
    ),
    attack(
        "memory-that-is-shared",
        "all memory, in maps that no process has alone",
        r"""
        import os, mmap, time
        for n in range(6):
            if os.fork() == 0:
                room = mmap.mmap(-1, 500 << 20)
                for at in range(0, 500 << 20, 4096):
                    room[at] = 1
                time.sleep(5)
                os._exit(0)
        time.sleep(2.5)
        """,
        named="too-much-memory steers-the-process",
    ),
    attack(
        "memory-in-many-sockets",
        "all memory, in buffers of the kernel's",
        r"""
        import os, socket, time
        for n in range(20):
            if os.fork() == 0:
                kept = []
                try:
                    while True:
                        kept += socket.socketpair()
                        kept[-1].setblocking(False)
                        kept[-1].send(b'x' * 100000)
                except OSError:
                    time.sleep(3)
                    os._exit(0)
        time.sleep(2.5)
        """,
        named="too-much-memory steers-the-process",
    ),
)
