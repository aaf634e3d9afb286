/** Small parts of the review panel: progress, help, conflict, suggestion. */
import * as React from 'react';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IProgress } from '../logic/reviewQueue';
import type { Group, IConflict, IReviewItem, ISuggestion } from './shapes';

export function groupLabel(trans: TranslationBundle, group: Group): string {
  switch (group) {
    case 'appeal':
      return trans.__('Appeal');
    case 'flagged':
      return trans.__('Flagged');
    case 'unread':
      return trans.__('To be read');
    case 'uncertain':
      return trans.__('Uncertain');
    case 'audit':
      return trans.__('Audit, blind');
  }
}

/** 12 of 40, 3 flagged. */
export function progressText(trans: TranslationBundle, progress: IProgress): string {
  const counted = trans.__('%1 of %2', progress.marked, progress.answers);
  return progress.flagged ? `${counted}, ${trans._n('%1 flagged', '%1 flagged', progress.flagged)}` : counted;
}

export function Key(props: { children: string }): JSX.Element {
  return (
    <kbd className="ck-review-key" aria-hidden="true">
      {props.children}
    </kbd>
  );
}

export function KeysHelp(props: {
  trans: TranslationBundle;
  on: boolean;
  onSwitch(on: boolean): void;
  onClose(): void;
}): JSX.Element {
  const { trans } = props;
  const rows: [string[], string][] = [
    [['0 … 9'], trans.__('the level of the marked criterion, and on to the next')],
    [['Enter'], trans.__('save, and on to the next answer')],
    [['n', 'j'], trans.__('next answer; nothing is saved by it')],
    [['p', 'k'], trans.__('previous answer')],
    [['c'], trans.__('write a comment to the learner; Escape leaves the field, Ctrl and Enter saves')],
    [['s'], trans.__('show the suggestion; that is noted down')],
    [['y', 'x'], trans.__('an adequate attempt, or not yet, where the rubric has no rule for it')],
    [['u'], trans.__('take back the last level, or else the last decision')],
    [['?'], trans.__('show or hide these keys')]
  ];
  return (
    <section className="ck-review-keys" aria-label={trans.__('Keys')}>
      <h3>{trans.__('Keys')}</h3>
      <dl>
        {rows.map(([keys, what]) => (
          <div key={keys[0]}>
            <dt>
              {keys.map(key => (
                <kbd className="ck-review-key" key={key}>
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p>{trans.__('They work while the focus is in this panel, and never while you type in a field.')}</p>
      <label className="ck-review-check">
        <input type="checkbox" checked={props.on} onChange={event => props.onSwitch(event.target.checked)} />
        {trans.__('Use these keys')}
      </label>
      <button type="button" className="ck-review-button" onClick={props.onClose}>
        {trans.__('Close')}
      </button>
    </section>
  );
}

/** Somebody has marked it meanwhile: what stands there now, and what is to become of it. */
export function Conflict(props: {
  trans: TranslationBundle;
  conflict: IConflict;
  mine: number;
  onSettle(mine: boolean): void;
}): JSX.Element {
  const { trans, conflict } = props;
  const first = React.useRef<HTMLButtonElement>(null);
  React.useEffect(() => {
    first.current?.focus();
  }, []);
  return (
    <div className="ck-review-conflict" role="alert">
      <p>
        <strong>{conflict.detail}</strong>
      </p>
      {conflict.mark?.comment ? <blockquote className="ck-review-words">{conflict.mark.comment}</blockquote> : null}
      <div className="ck-review-row">
        <button type="button" className="ck-review-button" ref={first} onClick={() => props.onSettle(false)}>
          {trans.__('Leave it so, and go on')}
        </button>
        <button type="button" className="ck-review-button" onClick={() => props.onSettle(true)}>
          {trans.__('Put my %1 points in its place', props.mine)}
        </button>
      </div>
    </div>
  );
}

export function Suggestion(props: {
  trans: TranslationBundle;
  item: IReviewItem;
  suggestion: ISuggestion;
}): JSX.Element {
  const { trans, item, suggestion } = props;
  const asks = new Map(item.criteria.map(one => [one.id, one.ask]));
  return (
    <section className="ck-review-suggestion" aria-label={trans.__('Suggestion')}>
      <h3>
        {trans.__(
          'Suggested: %1 of %2 points, give or take %3',
          suggestion.mean.toFixed(1),
          suggestion.most,
          suggestion.sd.toFixed(1)
        )}
      </h3>
      {suggestion.length_driven ? <p>{trans.__('Most of this is the length of the answer.')}</p> : null}
      <ul>
        {suggestion.levels.map(one => (
          <li key={one.criterion}>
            <strong>{one.level}</strong>
            {one.low !== one.high ? ` ${trans.__('(%1 to %2)', one.low, one.high)}` : ''}{' '}
            {asks.get(one.criterion) ?? one.criterion}
          </li>
        ))}
      </ul>
      {suggestion.rests_on.length ? (
        <p className="ck-review-quiet">
          {trans.__('Against the average answer:')}{' '}
          {suggestion.rests_on
            .map(([block, points]) => `${block} ${points >= 0 ? '+' : ''}${points.toFixed(1)}`)
            .join(', ')}
        </p>
      ) : null}
      {suggestion.nearest.map(([name, points, alike]) => (
        <p className="ck-review-quiet" key={name}>
          {trans.__('Near %1: %2 points, alike %3', name, points, alike.toFixed(2))}
        </p>
      ))}
    </section>
  );
}
