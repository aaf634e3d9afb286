import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { course } from '../../tests/course';
import { HELD, pauseAfter, Poll, type IPollParts } from './poll';

/** A server whose answers the test gives, and everything that was told. */
class Server implements IPollParts {
  asked: { etag: string; wait: number; aborted: boolean; answer(value: unknown): void; fail(): void }[] = [];
  told = vi.fn();
  troubles: (string | null)[] = [];
  hidden = false;

  ask(etag: string, wait: number, signal: AbortSignal): Promise<never> {
    return new Promise((resolve, reject) => {
      const question = {
        etag,
        wait,
        aborted: false,
        answer: (value: unknown) => resolve(value as never),
        fail: () => reject(new Error('away'))
      };
      signal.addEventListener('abort', () => {
        question.aborted = true;
        reject(new Error('aborted'));
      });
      this.asked.push(question);
    });
  }
  troubleOf(): 'away' {
    return 'away';
  }
  isHidden(): boolean {
    return this.hidden;
  }
  troubled(trouble: 'away' | 'signed-out' | null): void {
    this.troubles.push(trouble);
  }
  get last(): Server['asked'][number] {
    return this.asked[this.asked.length - 1];
  }
}

let server: Server;
let poll: Poll;
const soon = (milliseconds = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(async () => {
  vi.useFakeTimers();
  server = new Server();
  poll = new Poll(server);
  poll.start();
  await soon();
});
afterEach(() => {
  poll.stop();
  vi.useRealTimers();
});

describe('waiting for changes', () => {
  it('asks at once, then waits at the server with what it knows', async () => {
    expect(server.asked).toMatchObject([{ etag: '', wait: 0 }]);
    const first = course([]);
    server.last.answer(first);
    await soon();
    expect(server.told).toHaveBeenCalledWith(first);
    expect(server.last).toMatchObject({ etag: 'e1', wait: HELD });
    server.last.answer(course([], { etag: 'e2' }));
    await soon();
    expect(server.last).toMatchObject({ etag: 'e2', wait: HELD });
  });

  it('does not tell that nothing changed, nor ask in a whirl', async () => {
    server.last.answer(course([]));
    await soon();
    for (let n = 0; n < 3; n++) {
      server.last.answer({ unchanged: true, etag: 'e1' });
      await soon(999);
      expect(server.asked).toHaveLength(2 + n);
      await soon(1);
    }
    expect(server.told).toHaveBeenCalledTimes(1);
  });

  it('tries again with growing pauses, and clears the trouble with the first answer', async () => {
    server.last.answer(course([]));
    await soon();
    for (const pause of [1000, 2000, 4000, 8000, 15_000, 15_000]) {
      const before = server.asked.length;
      server.last.fail();
      await soon(pause - 1);
      expect(server.asked).toHaveLength(before);
      await soon(1);
      expect(server.asked).toHaveLength(before + 1);
      // Held, it would leave the banner standing for half a minute.
      expect(server.last.wait).toBe(0);
    }
    server.last.answer({ unchanged: true, etag: 'e1' });
    await soon();
    expect(server.troubles[server.troubles.length - 1]).toBeNull();
    expect(server.last).toMatchObject({ etag: 'e1', wait: HELD });
  });

  it('asks nothing while nobody looks, and at once when somebody does', async () => {
    server.last.answer(course([]));
    await soon();
    server.hidden = true;
    poll.wake();
    await soon(60_000);
    expect(server.asked).toHaveLength(2);
    expect(server.last.aborted).toBe(true);
    server.hidden = false;
    poll.wake();
    await soon();
    expect(server.asked).toHaveLength(3);
    expect(server.troubles).not.toContain('away');
  });

  it('refreshes in the middle of waiting, and of a pause, and while hidden', async () => {
    server.last.answer(course([]));
    await soon();
    const done = vi.fn();
    const refresh = async (): Promise<void> => {
      done.mockClear();
      void poll.refresh().then(done);
      await soon();
      expect(server.last).toMatchObject({ etag: '', wait: 0, aborted: false });
      expect(done).not.toHaveBeenCalled();
    };
    await refresh();
    server.last.answer(course([]));
    await soon();
    expect(done).toHaveBeenCalled();
    server.last.fail();
    await soon();
    await refresh();
    server.last.fail();
    await soon();
    expect(done).toHaveBeenCalled();
    server.hidden = true;
    poll.wake();
    await soon();
    await refresh();
    server.last.answer(course([]));
    await soon(60_000);
    expect(done).toHaveBeenCalled();
  });

  it('two refreshes at once wait for one answer that came after both', async () => {
    const done = vi.fn();
    void poll.refresh().then(done);
    void poll.refresh().then(done);
    await soon();
    server.last.answer(course([]));
    await soon();
    expect(done).toHaveBeenCalledTimes(2);
  });

  it('stops', async () => {
    poll.stop();
    const before = server.asked.length;
    await soon(60_000);
    expect(server.asked).toHaveLength(before);
  });

  it('never pauses longer than a quarter of a minute', () => {
    expect([1, 2, 3, 100, 5000].map(pauseAfter)).toEqual([1000, 2000, 4000, 15_000, 15_000]);
  });
});
