/** A preview follows its author: what stands now, and each new release taken as soon as it is there. */
import { Signal, type ISignal } from '@lumino/signaling';

import type { Api } from '../api/client';
import { sayError } from '../api/say';
import type { ITrans } from '../logic/trans';
import type { INow } from './shapes';

/** Milliseconds before a server that did not answer is asked again. */
const AGAIN = 1000;

export interface IPage {
  /** Bring the newest release into the folder, with its documents closed, and open them again. */
  update(now: INow): Promise<void>;
  /** Begin as somebody else, who has never seen the module. */
  startOver(now: INow): Promise<void>;
}

export class PreviewModel {
  constructor(
    private readonly api: Api,
    private readonly page: IPage,
    private readonly trans: ITrans
  ) {}

  /** Null until the first answer. */
  now: INow | null = null;
  /** What went wrong when the page was to follow. */
  trouble = '';
  busy = false;

  get changed(): ISignal<this, void> {
    return this.changed_;
  }

  async follow(): Promise<never> {
    for (;;) {
      try {
        const since: number | '' = this.now?.number ?? '';
        this.now = await this.api.call<INow>('GET', `preview?since=${since}`);
        this.changed_.emit();
        await this.take(this.now);
      } catch {
        await new Promise(resolve => window.setTimeout(resolve, AGAIN));
      }
    }
  }

  startOver(): Promise<void> {
    return this.alone(async () => {
      if (this.now) {
        await this.page.startOver(this.now);
      }
    });
  }

  private async take(now: INow): Promise<void> {
    if (now.release === null || now.state !== 'shown') {
      return;
    }
    const here = await this.api.module(now.course, now.module);
    if (here.release === now.release) {
      return;
    }
    await this.alone(() => (now.anew ? this.page.startOver(now) : this.page.update(now)));
    if (!this.trouble) {
      await this.api.call('POST', 'preview/shown', { release: now.release, saved_at: now.saved_at });
    }
  }

  /** One after the other: a start over and an update both close and open the documents. */
  private alone(deed: () => Promise<void>): Promise<void> {
    const run = async (): Promise<void> => {
      this.busy = true;
      this.trouble = '';
      this.changed_.emit();
      try {
        await deed();
      } catch (error) {
        this.trouble = sayError(error, this.trans);
      } finally {
        this.busy = false;
        this.changed_.emit();
      }
    };
    this.last = this.last.then(run);
    return this.last;
  }

  private readonly changed_ = new Signal<this, void>(this);
  private last: Promise<void> = Promise.resolve();
}
