/** What is news between two looks at a course: said once, and shown for a while. */
import type { ICourse, IStep } from '../api/shapes';
import { standingOf } from './path';
import type { ITrans } from './trans';

export interface IChange {
  module: string;
  kind: 'opened' | 'handed-in' | 'feedback' | 'extended' | 'due' | 'update';
  title: string;
}

export function changesBetween(before: ICourse | null, after: ICourse): IChange[] {
  if (before?.course !== after.course) {
    return [];
  }
  const earlier = new Map(before.steps.map(step => [step.module, step]));
  return after.steps.flatMap(step => {
    const old = earlier.get(step.module);
    const kind = old && changeOf(old, step);
    return kind ? [{ module: step.module, kind, title: step.title }] : [];
  });
}

/** One for each module: the one that matters most. */
function changeOf(old: IStep, now: IStep): IChange['kind'] | null {
  if (standingOf(old.state) === 'closed' && standingOf(now.state) !== 'closed') {
    return 'opened';
  }
  if (now.state === 'feedback ready' && old.state !== 'feedback ready') {
    return 'feedback';
  }
  if (now.submissions > old.submissions) {
    return 'handed-in';
  }
  if (now.due !== old.due) {
    return now.extended && !old.extended ? 'extended' : 'due';
  }
  return now.update_available && !old.update_available ? 'update' : null;
}

export function sayChange(change: IChange, trans: ITrans): string {
  switch (change.kind) {
    case 'opened':
      return trans.__('“%1” is open now.', change.title);
    case 'handed-in':
      return trans.__('“%1” is handed in.', change.title);
    case 'feedback':
      return trans.__('There is feedback on “%1”.', change.title);
    case 'extended':
      return trans.__('You have more time for “%1”.', change.title);
    case 'due':
      return trans.__('“%1” is due at another time.', change.title);
    case 'update':
      return trans.__('There is an update of “%1”.', change.title);
  }
}
