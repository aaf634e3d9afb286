/** What is new in the course: said once, and marked in the panel for a while. */
import { Signal, type ISignal } from '@lumino/signaling';

import type { ICourse } from '../api/shapes';
import { changesBetween, sayChange, type IChange } from '../logic/changes';
import type { ITrans } from '../logic/trans';
import type { ICourseModel } from '../tokens';
import type { Announcer } from './announce';

/** Milliseconds that a piece of news is marked. */
const FRESH = 12_000;

export class News {
  constructor(model: ICourseModel, announcer: Announcer, trans: ITrans) {
    model.changed.connect(() => {
      const now = model.course;
      if (!now || now === this.last) {
        return;
      }
      const changes = changesBetween(this.last, now);
      this.last = now;
      announcer.say(changes.map(change => sayChange(change, trans)));
      this.mark(changes);
    });
  }

  get changed(): ISignal<this, void> {
    return this.changed_;
  }

  isFresh(module: string): boolean {
    return this.fresh.has(module);
  }

  private mark(changes: readonly IChange[]): void {
    for (const { module } of changes) {
      window.clearTimeout(this.fresh.get(module));
      this.fresh.set(
        module,
        window.setTimeout(() => {
          this.fresh.delete(module);
          this.changed_.emit();
        }, FRESH)
      );
    }
    if (changes.length) {
      this.changed_.emit();
    }
  }

  private readonly changed_ = new Signal<this, void>(this);
  private readonly fresh = new Map<string, number>();
  private last: ICourse | null = null;
}
