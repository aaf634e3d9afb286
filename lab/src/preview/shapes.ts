/** What a preview's lab and its server tell each other; coursekit/wire/lab_preview.py says the same. */

export interface INow {
  /** Ask again with it to wait for the next. */
  number: number;
  course: string;
  module: string;
  /** Of the module that learners would have now; none before the first. */
  release: number | null;
  state: 'building' | 'shown' | 'errors';
  /** What keeps the newest from being shown, a sentence each. */
  findings: string[];
  /** Each new release begins anew: nothing of before is kept. */
  anew: boolean;
  /** When the author saved what is shown, in seconds since 1970. */
  saved_at: number | null;
}
