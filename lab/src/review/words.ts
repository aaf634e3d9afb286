/** What is said to a grader when something is missing, or did not work. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../api/client';
import type { Missing } from '../logic/reviewSheet';

/** What is still to be said before it can be saved. */
export function sayMissing(trans: TranslationBundle, lacks: Missing, most: number): string {
  switch (lacks) {
    case 'levels':
      return trans.__('Not every criterion has a level yet.');
    case 'points':
      return trans.__('Give 0 to %1 points.', most);
    case 'adequate':
      return trans.__('Say whether it is an adequate attempt.');
  }
}

export function sayTrouble(trans: TranslationBundle, error: unknown): string {
  if (error instanceof ApiError && !error.message) {
    return trans.__('There was no answer just now. What you have said here is kept; try again.');
  }
  return error instanceof Error ? error.message : String(error);
}
