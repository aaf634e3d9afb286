/** One module of the course: where it stands, and what can be done with it. */
import * as React from 'react';

import type { Api } from '../api/client';
import type { IStep, IUpdated } from '../api/shapes';
import { authors } from '../logic/authors';
import type { IClocks } from '../logic/dates';
import { standingOf } from '../logic/path';
import type { ITrans } from '../logic/trans';
import type { Actions } from './actions';
import { useDeed, type IDeed } from './hooks';
import { DueLine, LockLine, OpenEnds, StateLine } from './lines';
import type { Level } from './modules';
import { Receipts } from './receipts';

export interface ICardProps {
  api: Api;
  course: string;
  step: IStep;
  /** From 1. */
  number: number;
  level: Level;
  actions: Actions;
  /** To where somebody left off in it. */
  goOn(): Promise<void>;
  fresh: boolean;
  now: Date;
  clocks: IClocks;
  trans: ITrans;
}

export function Card(props: ICardProps): React.JSX.Element {
  const { step, number, level, fresh, trans } = props;
  const deed = useDeed(trans);
  const id = `ck-card-${step.module}`;
  const standing = standingOf(step.state);
  const Heading = `h${level}` as const;
  return (
    <li className={`ck-card ck-is-${standing}${fresh ? ' ck-fresh' : ''}`}>
      <article aria-labelledby={id}>
        <Heading id={id} className="ck-card-title">
          <span className="ck-number" aria-hidden="true">
            {standing === 'handed-in' ? '✓' : number}
          </span>
          <span {...authors()}>{step.title}</span>
        </Heading>
        <StateLine {...props} />
        {step.summary && standing !== 'handed-in' && (
          <p className="ck-summary" {...authors()}>
            {step.summary}
          </p>
        )}
        {step.minutes > 0 && standing !== 'handed-in' && (
          <p className="ck-quiet">{trans._n('About %1 minute', 'About %1 minutes', step.minutes)}</p>
        )}
        <LockLine {...props} />
        <DueLine {...props} />
        <OpenEnds {...props} />
        <Update {...props} />
        <Buttons {...props} deed={deed} />
        {deed.trouble && (
          <p role="alert" className="ck-alert">
            {deed.trouble}
          </p>
        )}
      </article>
    </li>
  );
}

function Buttons(props: ICardProps & { deed: IDeed }): React.JSX.Element | null {
  const { step, actions, goOn, deed, trans } = props;
  const [open, setOpen] = React.useState(false);
  const standing = standingOf(step.state);
  if (standing === 'closed') {
    return null;
  }
  const begun = standing === 'begun';
  const again = standing === 'handed-in';
  const button = (label: string, name: string, run: () => Promise<void>): React.JSX.Element => (
    <button className="ck-button" aria-disabled={deed.busy} aria-label={name} onClick={() => deed.run(run)}>
      {label}
    </button>
  );
  const list = `ck-receipts-${step.module}`;
  return (
    <>
      <div className="ck-buttons">
        {begun
          ? button(trans.__('Continue'), trans.__('Continue “%1”', step.title), goOn)
          : button(trans.__('Open'), trans.__('Open “%1”', step.title), () => actions.open(step.module))}
        {(begun || again) &&
          actions.canSubmit &&
          button(
            again ? trans.__('Hand in again') : trans.__('Hand in'),
            again ? trans.__('Hand in again “%1”', step.title) : trans.__('Hand in “%1”', step.title),
            () => actions.submit(step.module)
          )}
        {step.state === 'feedback ready' &&
          button(trans.__('Read feedback'), trans.__('Read feedback on “%1”', step.title), () =>
            actions.readFeedback(step.module)
          )}
      </div>
      {(begun || again) && (
        <div className="ck-more">
          <button
            className="ck-link"
            aria-expanded={open}
            aria-controls={list}
            aria-label={trans.__('Receipts and submissions of “%1”', step.title)}
            onClick={() => setOpen(!open)}
          >
            {trans.__('Receipts and submissions')}
          </button>
          <div id={list} hidden={!open}>
            {open && <Receipts {...props} />}
          </div>
        </div>
      )}
    </>
  );
}

/** A newer release is there; and afterwards, what it changed. */
function Update(props: ICardProps): React.JSX.Element | null {
  const { step, actions, trans } = props;
  const deed = useDeed(trans);
  const [made, setMade] = React.useState<IUpdated[] | null>(null);
  const [first, last] = made?.length ? [made[0], made[made.length - 1]] : [];
  if (!step.update_available && !made && !deed.trouble) {
    return null;
  }
  return (
    <div className="ck-update" role="status">
      {step.update_available && (
        <>
          <p>{trans.__('Your teachers have changed this module. Your answers stay as they are.')}</p>
          <button
            className="ck-button"
            aria-disabled={deed.busy}
            aria-label={trans.__('Update “%1”', step.title)}
            onClick={() => deed.run(async () => setMade(await actions.update(step)))}
          >
            {deed.busy ? trans.__('Updating…') : trans.__('Update')}
          </button>
        </>
      )}
      {!step.update_available && made && (
        <>
          <p>
            {first && last
              ? trans.__('Updated from release %1 to %2.', first.before, last.release)
              : trans.__('It is up to date.')}
          </p>
          {made.some(one => one.notes.length) && (
            <ul>{made.flatMap(one => one.notes.map((note, n) => <li key={`${one.release} ${n}`}>{note}</li>))}</ul>
          )}
          {first?.copy && <p className="ck-quiet">{trans.__('What stood there before is kept in %1.', first.copy)}</p>}
          <button className="ck-link" onClick={() => setMade(null)}>
            {trans.__('Thank you, I have seen it')}
          </button>
        </>
      )}
      {deed.trouble && (
        <p role="alert" className="ck-alert">
          {deed.trouble}
        </p>
      )}
    </div>
  );
}
