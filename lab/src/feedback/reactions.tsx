/** All that came back on a module's answers, to be shown below each of them: feedback, else what the checks saw. */
import { Signal, type ISignal } from '@lumino/signaling';
import * as React from 'react';

import type { Api } from '../api/client';
import type { IFeedback, IPointers, ISubmission } from '../api/shapes';
import type { IClocks } from '../logic/dates';
import type { ITrans } from '../logic/trans';
import { PromptPointers } from './pointers';
import { PromptFeedback } from './prompt';

/** Milliseconds between two looks at what is being checked, from the first to the last: some two minutes in all. */
const PAUSE = 700;
const LONGEST_PAUSE = 40_000;

export class Reactions {
  constructor(
    private readonly api: Api,
    private readonly course: string,
    private readonly module: string,
    private readonly trans: ITrans
  ) {}

  get changed(): ISignal<this, void> {
    return this.changed_;
  }

  /** Ask for both. What does not come stays as it was: nobody's writing waits for it. */
  async refresh(): Promise<void> {
    const [feedbacks, pointers, submissions] = await Promise.all([
      this.api.feedback(this.course, this.module).catch(() => null),
      this.api.pointers(this.course, this.module).catch(() => null),
      this.api.submissions(this.course, this.module).catch(() => null)
    ]);
    this.submissions = submissions ?? this.submissions;
    this.feedback = feedbacks ? newest(feedbacks) : this.feedback;
    this.pointers = pointers ?? this.pointers;
    this.changed_.emit();
    if (this.pointers?.state === 'being checked') {
      await this.waitForPointers();
    }
  }

  /** The checks take a moment after a hand-in; the course does not change when they are through. */
  private async waitForPointers(): Promise<void> {
    const waited = this.pointers?.submission;
    for (let pause = PAUSE; pause < LONGEST_PAUSE; pause *= 1.5) {
      await new Promise(resolve => window.setTimeout(resolve, pause));
      const now = await this.api.pointers(this.course, this.module).catch(() => null);
      if (this.pointers?.submission !== waited || this.pointers?.state !== 'being checked') {
        return;
      }
      this.pointers = now ?? this.pointers;
      this.changed_.emit();
    }
  }

  /** What stands below one prompt; null where nothing came back yet. */
  below(prompt: string, clocks?: IClocks): React.ReactNode {
    const item = this.feedback?.items.find(one => one.prompt === prompt);
    const pointers = this.pointers?.prompts.find(one => one.prompt === prompt);
    if (!item && !pointers) {
      return null;
    }
    const appeal = async (reason: string): Promise<void> => {
      await this.api.appeal(this.course, this.module, prompt, reason);
      await this.refresh();
    };
    // Feedback has what the checks saw in it; it may be on an earlier submission than the pointers.
    const newer = pointers && this.pointers?.submission !== this.feedback?.submission;
    return (
      <>
        {item && this.feedback && (
          <PromptFeedback
            item={item}
            feedback={this.feedback}
            trans={this.trans}
            clocks={clocks}
            receipt={receiptOf(this.feedback, this.submissions)}
          />
        )}
        {pointers && (!item || newer) && <PromptPointers pointers={pointers} appeal={appeal} trans={this.trans} />}
      </>
    );
  }

  private feedback: IFeedback | null = null;
  private pointers: IPointers | null = null;
  private submissions: ISubmission[] = [];
  private readonly changed_ = new Signal<this, void>(this);
}

export function newest(feedbacks: readonly IFeedback[]): IFeedback | null {
  return byDate(feedbacks)[0] ?? null;
}

/** The newest first. */
export function byDate(feedbacks: readonly IFeedback[]): IFeedback[] {
  return [...feedbacks].sort((a, b) => Date.parse(b.given_at) - Date.parse(a.given_at));
}

/** The first letters of the receipt of what was judged; undefined where it is not known. */
export function receiptOf(feedback: IFeedback, submissions: readonly ISubmission[]): string | undefined {
  return submissions.find(one => one.submission === feedback.submission)?.short;
}
