/** The lines of a module's card: its state, what locks it, and its dates. */
import * as React from 'react';

import type { IStep } from '../api/shapes';
import { momentOf, sayCloses, sayDue, sayMoment, sayOpens, type IClocks } from '../logic/dates';
import { standingOf } from '../logic/path';
import { sayRefusal } from '../logic/sentences';
import type { ITrans } from '../logic/trans';

export interface ILineProps {
  step: IStep;
  now: Date;
  clocks: IClocks;
  trans: ITrans;
}

/** In a few words, what is with it. */
export function StateLine({ step, now, clocks, trans }: ILineProps): React.JSX.Element {
  return (
    <p className="ck-state">
      <strong>{stateWords(step, trans)}</strong>
      {step.submitted_at && (
        <span className="ck-quiet">
          {' '}
          {step.state === 'submitted'
            ? sayAt(step.submitted_at, now, clocks)
            : trans.__('Submitted %1', sayAt(step.submitted_at, now, clocks))}
          {step.standing === 'late' && `, ${trans.__('late')}`}
        </span>
      )}
    </p>
  );
}

function stateWords(step: IStep, trans: ITrans): string {
  switch (step.state) {
    case 'unreleased':
      return trans.__('Not there yet');
    case 'locked':
      return trans.__('Locked');
    case 'open':
      return trans._p('state', 'Open');
    case 'in progress':
      return step.required
        ? trans.__('In progress: %1 of %2 answered', step.committed, step.required)
        : trans.__('In progress');
    case 'submitted':
      return trans.__('Submitted');
    case 'feedback ready':
      return trans.__('Feedback is ready');
  }
}

function sayAt(moment: string, now: Date, clocks: IClocks): string {
  const at = momentOf(moment);
  return at ? sayMoment(at, now, clocks) : moment;
}

/** Why it is locked, and what opens it. */
export function LockLine({ step, now, clocks, trans }: ILineProps): React.JSX.Element | null {
  const opens = momentOf(step.opens);
  if (step.state === 'unreleased') {
    return <p className="ck-lock">{trans.__('Your teachers have not put it here yet.')}</p>;
  }
  if (step.state !== 'locked') {
    return null;
  }
  const later = opens !== null && opens.getTime() > now.getTime();
  // The server's sentence has the date on the course's clocks; this one is on the learner's.
  const byDate = step.refusal?.code === 'not-open-yet' && later;
  return (
    <div className="ck-lock">
      {step.refusal && !byDate && <p>{sayRefusal(step.refusal, trans)}</p>}
      {later && (
        <p>
          {sayOpens(opens, now, clocks, trans)}
          {byDate ? `. ${trans.__('Nothing else is missing.')}` : ''}
        </p>
      )}
    </div>
  );
}

/** When it is due, how far that is, and until when late work counts. */
export function DueLine({ step, now, clocks, trans }: ILineProps): React.JSX.Element | null {
  const due = momentOf(step.due);
  const closes = momentOf(step.closes);
  const done = standingOf(step.state) === 'handed-in';
  // A date that was kept is nobody's concern any more.
  const kept = done && due !== null && due.getTime() < now.getTime() && step.standing === 'in time';
  if ((!due && !closes) || kept) {
    return null;
  }
  const said = due && sayDue(due, now, clocks, trans, done);
  // Until it is due, nobody needs to know what would be later.
  const showClosing = closes && !done && (!due || due.getTime() < now.getTime() || closes.getTime() < now.getTime());
  return (
    <div className="ck-dates">
      {said && (
        <p className={`ck-due ck-${said.tone}`}>
          <time dateTime={step.due ?? undefined}>{said.when}</time>{' '}
          {said.left && <span className="ck-left">{said.left}</span>}{' '}
          {step.extended && <span className="ck-extended">{trans.__('extended for you')}</span>}
        </p>
      )}
      {showClosing && <p className="ck-quiet">{sayCloses(closes, now, clocks, trans)}</p>}
      {step.standing === 'after closing' && (
        <p className="ck-quiet">{trans.__('It came after the closing: it is kept, and does not count.')}</p>
      )}
    </div>
  );
}

/** What the gate still wants of a module that is handed in. */
export function OpenEnds({ step, trans }: { step: IStep; trans: ITrans }): React.JSX.Element | null {
  const missing = step.required - step.committed;
  if (standingOf(step.state) !== 'handed-in' || missing <= 0) {
    return null;
  }
  return (
    <p className="ck-due ck-past">
      {trans._n(
        '%1 required answer is not committed yet. Commit it and hand in again; then the next module can open.',
        '%1 required answers are not committed yet. Commit them and hand in again; then the next module can open.',
        missing
      )}
    </p>
  );
}
