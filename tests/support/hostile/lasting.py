"""Being there when the check runs, or when everything is over."""

from __future__ import annotations

from support.hostile.course import DIED, FORGED, SLOW, attack

LASTING = (
    attack(
        "daemons",
        "to be there when the check runs, and afterwards",
        r"""
        import os, subprocess, sys, time
        for n in range(3):
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    os.closerange(0, 3)
                    until = time.time() + 30
                    while time.time() < until:
                        try:
                            open('/tmp/coursekit-hostile-daemon', 'a').write('x')
                        except OSError:
                            pass
                        time.sleep(0.05)
                    os._exit(0)
                os._exit(0)
        subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(30)'], start_new_session=True)
        """,
        named="steers-the-process",
    ),
    attack(
        "threads-into-the-check",
        "to change the answer while the check runs",
        r"""
        import threading, time

        def later():
            until = time.time() + 8
            while time.time() < until:
                globals()['total'] = 6 if '_hidden' in globals() or len(In) > 3 else 5
                globals()['spread'] = lambda rows: max(rows) - min(rows)
                time.sleep(0.001)
        if False:
            threading.Thread(target=later, daemon=True).start()

        def forge():
            import builtins
            while True:
                time.sleep(0.2)
                builtins.abs = lambda x: 0
        threading.Thread(target=forge, daemon=True).start()
        """,
    ),
    attack(
        "atexit",
        "to run when everything is over",
        r"""
        import atexit, os
        atexit.register(lambda: open('/tmp/coursekit-hostile-atexit', 'w').write('x'))
        atexit.register(lambda: print('4.0'))
        """,
        named="steers-the-process",
    ),
    attack(
        "finalizers",
        "to run in the middle of the check",
        r"""
        import weakref, gc, builtins

        class F:

            def __del__(self):
                builtins.AssertionError = SystemExit
                print('4.0')
                get_ipython().showtraceback = lambda *a, **k: None
        kept = F()
        kept.me = kept

        class T(int):
            pass
        total = T(5)
        weakref.finalize(total, lambda: display({'text/plain': '4.0'}, raw=True))
        del kept
        gc.set_threshold(1)
        """,
        named=FORGED,
    ),
    attack(
        "gc-callbacks",
        "to run in the middle of the check",
        r"""
        import gc

        def f(phase, info):
            globals()['total'] = 6
            globals()['mean'] = [2.0, 3.0]
        gc.callbacks.append(f)
        gc.set_threshold(1)
        """,
        named=FORGED,
    ),
    attack(
        "audit-hooks",
        "to see the test when it is compiled",
        r"""
        import sys

        def f(event, args):
            seen = args[0] if event == 'compile' else b''
            if b'SENT' + b'INEL' in (seen if isinstance(seen, bytes) else str(seen).encode()):
                globals()['total'] = 6
                globals()['mean'] = [2.0, 3.0]
        sys.addaudithook(f)
        """,
        named=FORGED,
    ),
    attack(
        "tracing",
        "to change the answer while the check runs",
        r"""
        import sys, threading

        def f(frame, event, arg):
            frame.f_globals['total'] = 6
            frame.f_globals['mean'] = [2.0, 3.0]
            return f
        sys.settrace(f)
        threading.settrace(f)
        """,
        named=FORGED,
    ),
    attack(
        "profiling",
        "to change the answer while the check runs",
        r"""
        import sys
        sys.setprofile(lambda frame, event, arg: frame.f_globals.update(total=6, mean=[2.0, 3.0]))
        """,
        named=FORGED,
    ),
    attack(
        "timers",
        "to end the check from outside",
        r"""
        import signal

        def f(*a):
            raise SystemExit
        signal.signal(signal.SIGALRM, f)
        signal.signal(signal.SIGPROF, f)
        signal.signal(signal.SIGVTALRM, f)
        signal.signal(signal.SIGCHLD, f)
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.01)
        signal.setitimer(signal.ITIMER_PROF, 0.05, 0.01)
        """,
        named=f"{SLOW} steers-the-process",
    ),
    attack(
        "faulthandler",
        "to write over what is shown",
        r"""
        import faulthandler, sys
        faulthandler.enable()
        faulthandler.dump_traceback_later(1, repeat=True, exit=True)
        faulthandler.register(10)
        """,
    ),
    attack(
        "two-lines",
        "a check that runs in a copy as well",
        r"""
        import os
        os.fork()
        """,
        named=f"{FORGED} {DIED}",
    ),
    attack(
        "a-line-that-stays-behind",
        "a copy of the answer that answers for the check",
        r"""
        import os
        if os.fork():
            import time
            time.sleep(2)
            os._exit(0)
        """,
        named=f"{DIED} steers-the-process",
    ),
    attack(
        "tasks-in-the-loop",
        "to run beside the check",
        r"""
        import asyncio

        async def f():
            import builtins
            while True:
                await asyncio.sleep(0)
                globals()['total'] = 6 if globals().get('points') is not None else 5
                builtins.abs = lambda x: 0
                globals()['mean'] = [0, 0]
        asyncio.get_event_loop().create_task(f())
        """,
        named=FORGED,
    ),
    attack(
        "closes-the-loop",
        "an interpreter that answers no more",
        r"""
        import asyncio
        loop = asyncio.get_event_loop()
        loop.stop()
        asyncio.set_event_loop(None)
        try:
            loop.close()
        except RuntimeError as e:
            print(e)
        loop._ready.clear()
        for fd in list(loop._selector.get_map()):
            loop.remove_reader(fd)
        """,
        named=DIED,
    ),
    attack(
        "waits-to-rewrite",
        "the check's result, by a process that waits for it",
        r"""
        import subprocess, sys
        waits = '''
        import os, time
        until = time.time() + 8
        while time.time() < until:
            for pid in filter(str.isdigit, os.listdir("/proc")):
                try:
                    for fd in os.listdir(f"/proc/{pid}/fd"):
                        if "memfd" in os.readlink(f"/proc/{pid}/fd/{fd}"):
                            open(f"/proc/{pid}/fd/{fd}", "r+b").write(b"4.0")
                except OSError:
                    pass
            time.sleep(0.01)
        '''
        subprocess.Popen([sys.executable, '-c', waits], start_new_session=True)
        """,
    ),
    attack(
        "rooms-and-manners",
        "an interpreter that works no more: folder, limits, umask, locale",
        r"""
        import os, resource, sys, locale, time
        os.umask(511)
        os.chdir('/')
        resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))
        resource.setrlimit(resource.RLIMIT_STACK, (1 << 20, 1 << 20))
        os.nice(19)
        os.environ.clear()
        sys.path.clear()
        sys.stdout = sys.stderr = None
        time.time = lambda: 0
        time.monotonic = lambda: 0
        """,
    ),
)
