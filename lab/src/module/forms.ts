/** Answers in forms, on their way to the disk: one at a time for each prompt, the newest always last. */
import type { ISaved, Response } from '../api/shapes';
import type { IAnswerStanding } from '../tokens';

/** Milliseconds of quiet before an answer is sent. */
const QUIET = 300;

interface IDraft {
  response: Response;
  /** Not sent yet, or sent and not answered. */
  waiting: boolean;
  timer: number;
  sending: Promise<void> | null;
  error: Error | null;
  heard: string;
}

export class FormDrafts {
  constructor(
    private readonly send: (prompt: string, response: Response) => Promise<ISaved>,
    private readonly saved: (saved: ISaved) => void,
    private readonly changed: () => void
  ) {}

  keep(prompt: string, response: Response): void {
    const draft = this.drafts.get(prompt) ?? {
      ...{ response, waiting: true, timer: 0, sending: null, error: null, heard: '' }
    };
    draft.response = response;
    draft.waiting = true;
    draft.error = null;
    this.drafts.set(prompt, draft);
    window.clearTimeout(draft.timer);
    draft.timer = window.setTimeout(() => void this.push(prompt, draft).catch(() => undefined), QUIET);
    this.changed();
  }

  /** What was typed last; null where nothing was typed since the module was opened. */
  typed(prompt: string): Response | null {
    return this.drafts.get(prompt)?.response ?? null;
  }

  /** Null where the file has the last word. */
  standing(prompt: string): IAnswerStanding | null {
    const draft = this.drafts.get(prompt);
    if (!draft) {
      return null;
    }
    if (draft.error) {
      return { saved: 'not-saved', trouble: draft.error.message, heard: draft.heard };
    }
    return { saved: draft.waiting ? 'saving' : 'saved', heard: draft.heard };
  }

  /** Waits until all of it is on the disk. Raises the first thing that went wrong. */
  async flush(): Promise<void> {
    await Promise.all([...this.drafts].map(([prompt, draft]) => this.push(prompt, draft)));
  }

  dispose(): void {
    this.drafts.forEach(draft => window.clearTimeout(draft.timer));
  }

  private async push(prompt: string, draft: IDraft): Promise<void> {
    window.clearTimeout(draft.timer);
    while (draft.waiting) {
      if (draft.sending) {
        await draft.sending.catch(() => undefined);
        continue;
      }
      draft.sending = this.sendOne(prompt, draft);
      try {
        await draft.sending;
      } finally {
        draft.sending = null;
      }
    }
  }

  private async sendOne(prompt: string, draft: IDraft): Promise<void> {
    const sent = draft.response;
    try {
      const saved = await this.send(prompt, sent);
      draft.error = null;
      draft.heard = saved.heard;
      draft.waiting = draft.response !== sent;
      this.saved(saved);
    } catch (error) {
      draft.error = error as Error;
      throw error;
    } finally {
      this.changed();
    }
  }

  private readonly drafts = new Map<string, IDraft>();
}
