/**
 * Waits for changes of a course, one question at a time.
 *
 *     ask ──answer──▶ tell ──▶ ask again, waiting at the server for the next change
 *      └──no answer──▶ trouble ──▶ pause, longer each time ──▶ ask again, not waiting
 *
 * While nobody looks, nothing is asked. `refresh` and `wake` end whatever is going on and ask at once.
 */
import type { ICourse, IUnchanged } from '../api/shapes';

export type Trouble = 'away' | 'signed-out';

/** Seconds that the server may hold a question. */
export const HELD = 25;
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 15_000;
/** A server that answers “nothing new” without waiting is not asked more often than that. */
const SHORTEST_ROUND = 1000;

/** Milliseconds before the next try after so many failures in a row. */
export function pauseAfter(failures: number): number {
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(failures - 1, 10));
}

export interface IPollParts {
  ask(etag: string, wait: number, signal: AbortSignal): Promise<ICourse | IUnchanged>;
  /** What to call a failure; null where it is none to speak of. */
  troubleOf(error: unknown): Trouble | null;
  isHidden(): boolean;
  told(course: ICourse): void;
  troubled(trouble: Trouble | null, error: unknown): void;
}

export class Poll {
  constructor(private readonly parts: IPollParts) {}

  start(): void {
    if (!this.running) {
      this.running = true;
      void this.run();
    }
  }

  stop(): void {
    this.running = false;
    this.interrupt();
  }

  /** Ask again now, for all of it. Resolves when there was an answer, or none. */
  refresh(): Promise<void> {
    this.etag = '';
    return new Promise(resolve => {
      this.waiting.push(resolve);
      this.interrupt();
    });
  }

  /** Somebody looks again, or looks away. */
  wake(): void {
    this.interrupt();
  }

  private async run(): Promise<void> {
    while (this.running) {
      if (this.parts.isHidden() && !this.waiting.length) {
        await this.sleep(Infinity);
        continue;
      }
      await this.round();
    }
    this.answerWaiting(this.waiting.splice(0));
  }

  private async round(): Promise<void> {
    const asked = this.waiting.splice(0);
    const began = Date.now();
    const aborter = new AbortController();
    this.interrupt = () => aborter.abort();
    const wait = this.failures || !this.etag ? 0 : HELD;
    try {
      const answer = await this.parts.ask(this.etag, wait, aborter.signal);
      if (aborter.signal.aborted) {
        this.waiting.unshift(...asked);
        return;
      }
      const again = this.failures > 0;
      this.failures = 0;
      this.etag = answer.etag;
      this.parts.troubled(null, null);
      if (!('unchanged' in answer)) {
        this.parts.told(answer);
      }
      this.answerWaiting(asked);
      if ('unchanged' in answer && !again) {
        await this.sleep(began + SHORTEST_ROUND - Date.now());
      }
    } catch (error) {
      if (aborter.signal.aborted) {
        // Whoever waits for an answer waits for the next one.
        this.waiting.unshift(...asked);
        return;
      }
      this.failures += 1;
      this.parts.troubled(this.parts.troubleOf(error), error);
      this.answerWaiting(asked);
      await this.sleep(pauseAfter(this.failures));
    }
  }

  private answerWaiting(waiting: (() => void)[]): void {
    waiting.forEach(resolve => resolve());
  }

  private sleep(milliseconds: number): Promise<void> {
    if (milliseconds <= 0 || this.waiting.length || !this.running) {
      return Promise.resolve();
    }
    return new Promise(resolve => {
      const timer = Number.isFinite(milliseconds) ? setTimeout(resolve, milliseconds) : undefined;
      this.interrupt = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private running = false;
  private etag = '';
  private failures = 0;
  private waiting: (() => void)[] = [];
  private interrupt: () => void = () => undefined;
}
