/** The dialog of one hand-in over the page, and what is pressed in it. */
import { PromiseDelegate } from '@lumino/coreutils';
import * as React from 'react';

import { ApiError } from '../api/client';
import { sayError } from '../api/say';
import type { ICourse, IHandedIn, IModule } from '../api/shapes';
import { Layer } from '../layer/layer';
import type { IClocks } from '../logic/dates';
import type { ITrans } from '../logic/trans';
import { HandInDialog } from './dialog';
import type { IPressed, Press, Step } from './steps';

export class HandInLayer extends Layer {
  constructor(
    private readonly module: IModule,
    private readonly course: () => ICourse | null,
    private readonly clocks: IClocks,
    private readonly trans: ITrans
  ) {
    super('dialog');
  }

  /** Escape, “Close”, “Not yet”, “Stop trying”. */
  hasLeft = false;
  /** What to do once the page below is in reach again. */
  afterwards: (() => void) | null = null;

  present(step: Step): void {
    this.step = step;
    this.update();
  }

  /** More is known about what was handed in; unless something else is shown by now. */
  presentDone(done: IHandedIn): void {
    if (this.step.kind === 'done' && !this.isDisposed) {
      this.present({ kind: 'done', done });
    }
  }

  showSilence(): void {
    if (this.step.kind === 'busy') {
      this.present({ ...this.step, silent: true });
    }
  }

  /** The next press of a button. */
  pressed(): Promise<IPressed> {
    this.waiting = new PromiseDelegate();
    if (this.hasLeft) {
      this.waiting.resolve({ what: 'leave' });
    }
    return this.waiting.promise;
  }

  /** Whether it shall be tried once more. */
  async askAgain(error: unknown, arrived: 'no' | 'unknown'): Promise<boolean> {
    const isSaid = error instanceof ApiError && (error.isSignedOut || error.isAway || error.code === 'not-saved');
    this.present({ kind: 'trouble', sentence: sayError(error, this.trans), arrived, isSaid });
    return (await this.pressed()).what === 'again';
  }

  /** Wait, but not for somebody who has left. */
  pause(ms: number): Promise<void> {
    return new Promise(resolve => {
      const timer = window.setTimeout(resolve, ms);
      this.wake = () => {
        window.clearTimeout(timer);
        resolve();
      };
    });
  }

  override leave(): void {
    this.press('leave');
  }

  override render(): React.JSX.Element {
    return (
      <HandInDialog
        module={this.module}
        course={this.course()}
        step={this.step}
        clocks={this.clocks}
        trans={this.trans}
        press={(what, prompt) => this.press(what, prompt)}
      />
    );
  }

  private press(what: Press, prompt?: string): void {
    if (what === 'leave') {
      this.hasLeft = true;
      this.wake?.();
    }
    this.waiting?.resolve({ what, prompt });
  }

  private step: Step = { kind: 'busy', what: 'saving', silent: false };
  private waiting: PromiseDelegate<IPressed> | null = null;
  private wake: (() => void) | null = null;
}
