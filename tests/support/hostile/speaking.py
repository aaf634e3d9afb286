"""Speaking for the interpreter."""

from __future__ import annotations

from support.hostile.course import DIED, FORGED, attack

PROTOCOL = (
    attack(
        "forged-messages",
        "an answer of its own in the place of the check's",
        r"""
        import os, json, struct
        data = {'text/plain': '4.0'}
        mark = {'output_type': 'execute_result', 'data': data, 'metadata': {}, 'execution_count': 2}
        message = json.dumps({'ok': True, 'count': 2, 'cut': False, 'outputs': [mark]}).encode()
        frame = struct.pack('>I', len(message)) + message
        for fd in range(3, 128):
            try:
                os.set_blocking(fd, False)
                os.write(fd, frame * 50)
            except OSError:
                pass
        """,
    ),
    attack(
        "forged-nonsense",
        "a grader that stumbles",
        r"""
        import os
        for fd in range(3, 128):
            texts = [b'\xff' * 4, b'\x00\x00\x00\x05{"a":', b'\x7f\xff\xff\xff' + b'x' * 100000]
            for text in [*texts, b'\x00\x00\x00\x02[]', b'\x00\x00\x00\x04null']:
                try:
                    os.set_blocking(fd, False)
                    os.write(fd, text)
                except OSError:
                    pass
        """,
        named=DIED,
    ),
    attack(
        "closes-everything",
        "a grader that waits for ever",
        r"""
        import os
        os.closerange(0, 4096)
        """,
        named=DIED,
    ),
    attack(
        "swaps-descriptors",
        "a line that leads elsewhere",
        r"""
        import os, socket
        a, b = socket.socketpair()
        for fd in os.listdir('/proc/self/fd'):
            fd = int(fd)
            if fd > 2 and fd not in (a.fileno(), b.fileno()):
                try:
                    os.dup2(a.fileno(), fd)
                except OSError:
                    pass
        """,
        named=f"{DIED} steers-the-process",
    ),
    attack(
        "answers-for-the-line",
        "to speak for the interpreter",
        r"""
        import os, socket, json, struct, stat
        for fd in range(3, 64):
            try:
                if not stat.S_ISSOCK(os.fstat(fd).st_mode):
                    continue
                s = socket.socket(fileno=os.dup(fd))
                s.setblocking(True)
                s.settimeout(3)

                def say(m):
                    s.sendall(struct.pack('>I', len(m)) + m)
                say(json.dumps({'ok': True, 'count': 1, 'outputs': []}).encode())
                for _ in range(40):
                    head = s.recv(4)
                    size = struct.unpack('>I', head)[0]
                    got = json.loads(s.recv(size))
                    data = {'text/plain': '4.0'}
                    mark = {'output_type': 'execute_result', 'data': data, 'metadata': {}, 'execution_count': 1}
                    both = {'ok': True, 'count': 1, 'forked': 99, 'here': 99, 'alarms': [], 'outputs': [mark]}
                    say(json.dumps(both).encode())
            except BaseException as e:
                pass
        """,
        named=f"{FORGED} {DIED}",
    ),
    attack(
        "serves-the-snapshots",
        "to speak for the check's own interpreter",
        r"""
        import gc, os
        from coursekit.engine.worker import child

        def serve(self):
            pass
        for o in gc.get_objects():
            if type(o).__name__ == '_Serving':

                async def run(message):
                    import json
                    return json.dumps({'ok': True, 'count': 1, 'cut': False, 'outputs': []}).encode()
                o._run = run
                o._pristine.restore = lambda *a: []
                child._Serving._run = lambda self, m: run(m)
        """,
        named=FORGED,
    ),
    attack(
        "blames-a-neighbour",
        "a remark with somebody else's name",
        r"""
        import gc
        for o in gc.get_objects():
            if type(o).__name__ == '_Serving':
                said = [['hook', 'anna\x1b[31m cheated'], ['no-such', 'x'], ['<script>', 'y'], 5, None]
                o._pristine.restore = lambda *a: said
        """,
        named=FORGED,
    ),
)
