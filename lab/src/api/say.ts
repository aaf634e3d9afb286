/** What went wrong, as a sentence for people. */
import { sayRefusal } from '../logic/sentences';
import type { ITrans } from '../logic/trans';
import { ApiError } from './client';

export function sayError(error: unknown, trans: ITrans): string {
  if (error instanceof ApiError) {
    // The server's own words where it has any: it knows what is away.
    if (error.detail) {
      return sayRefusal({ reason: error.detail, next_step: error.nextStep }, trans);
    }
    if (error.isSignedOut) {
      return trans.__('Your session is over. Sign in again, then try once more; what you wrote is kept here.');
    }
    if (error.isAway) {
      return trans.__('The course does not answer just now. Your work is kept here; try again in a moment.');
    }
  }
  return trans.__('That did not work. Try again in a moment; if it goes on, reload the page.');
}
