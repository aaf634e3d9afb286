/** The panel's head: which course, how far, and on. */
import * as React from 'react';

import type { ICourse } from '../api/shapes';
import { authors } from '../logic/authors';
import type { Goal } from '../logic/continue';
import { progressOf } from '../logic/path';
import type { ITrans } from '../logic/trans';
import type { ICourseModel } from '../tokens';
import type { Actions } from './actions';
import { useDeed } from './hooks';

export function Title(props: { model: ICourseModel; course: ICourse; trans: ITrans }): React.JSX.Element {
  const { model, course, trans } = props;
  return (
    <>
      <h2 {...authors()} tabIndex={-1}>
        {course.title}
      </h2>
      {model.courses.length > 1 && (
        <p className="ck-choice">
          <label htmlFor="ck-course-select">{trans.__('Course')}</label>{' '}
          <select
            id="ck-course-select"
            className="ck-select"
            value={course.course}
            onChange={event => model.choose(event.target.value)}
          >
            {model.courses.map(row => (
              <option key={row.course} value={row.course}>
                {row.title}
              </option>
            ))}
          </select>
        </p>
      )}
    </>
  );
}

export function Progress(props: { course: ICourse; trans: ITrans }): React.JSX.Element {
  const { course, trans } = props;
  const progress = progressOf(course.steps);
  const percent = Math.floor(progress.share * 100);
  return (
    <div className="ck-progress">
      <div
        className="ck-bar"
        role="progressbar"
        aria-label={trans.__('Your progress')}
        aria-describedby="ck-progress-words"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
      >
        <div style={{ width: `${percent}%` }} />
      </div>
      <p id="ck-progress-words">
        {trans.__('%1 of %2 modules submitted', progress.handedIn, progress.modules)}
        {progress.required > 0 && (
          <>
            <br />
            {trans.__('%1 of %2 required answers committed', progress.committed, progress.required)}
          </>
        )}
      </p>
    </div>
  );
}

export function Continue(props: { goal: Goal; actions: Actions; trans: ITrans }): React.JSX.Element {
  const { goal, actions, trans } = props;
  const deed = useDeed(trans);
  if (goal.kind === 'nothing') {
    return <p className="ck-rest">{restWords(goal.why, trans)}</p>;
  }
  return (
    <>
      <button
        className="ck-button ck-main ck-continue"
        aria-disabled={deed.busy}
        onClick={() => deed.run(() => actions.goTo(goal))}
      >
        <strong>{trans.__('Continue')}</strong> <span dir="auto">{goalWords(goal, trans)}</span>
      </button>
      {deed.trouble && (
        <p role="alert" className="ck-alert">
          {deed.trouble}
        </p>
      )}
    </>
  );
}

function goalWords(goal: Exclude<Goal, { kind: 'nothing' }>, trans: ITrans): string {
  const title = goal.step.title;
  if (goal.kind === 'begin') {
    return trans.__('Begin “%1”', title);
  }
  if (goal.kind === 'hand-in') {
    return trans.__('“%1” is complete: hand it in', title);
  }
  if (!goal.title) {
    return title;
  }
  // A question needs no colon after it.
  return /[.!?…]$/.test(title) ? trans.__('%1 “%2”', title, goal.title) : trans.__('%1: “%2”', title, goal.title);
}

function restWords(why: 'empty' | 'finished' | 'locked', trans: ITrans): string {
  switch (why) {
    case 'empty':
      return trans.__('There are no modules yet.');
    case 'finished':
      return trans.__('You have done everything. Well done.');
    case 'locked':
      return trans.__('You have done all that is open. What opens the next module stands below.');
  }
}
