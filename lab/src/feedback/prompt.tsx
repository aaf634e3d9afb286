/** What was said of one answer: points, tests, checks, comment. Stands in the feedback view and below the prompt itself. */
import * as React from 'react';

import type { IFeedback, IFeedbackItem } from '../api/shapes';
import { authors } from '../logic/authors';
import { momentOf, sayMoment, type IClocks } from '../logic/dates';
import { inOurWords } from '../logic/sentences';
import type { ITrans } from '../logic/trans';
import { Prose } from './prose';

type State = 'found' | 'maybe' | 'not-found';

export interface IPromptFeedbackProps {
  item: IFeedbackItem;
  feedback: IFeedback;
  trans: ITrans;
  /** The browser's, where nothing else is said. */
  clocks?: IClocks;
  /** The first letters of the receipt of what was judged, where they are known. */
  receipt?: string;
}

export function PromptFeedback({ item, feedback, trans, clocks, receipt }: IPromptFeedbackProps): React.JSX.Element {
  const id = React.useId();
  return (
    <div role="group" className="ck-feedback-item ck-in-place" aria-labelledby={id}>
      <div className="ck-feedback-head">
        <h4 id={id}>{trans.__('Feedback')}</h4>
        <Points item={item} trans={trans} />
      </div>
      <p className="ck-quiet">{sayJudged(feedback, trans, clocks, receipt)}</p>
      <Said item={item} trans={trans} />
    </div>
  );
}

/** Which submission was judged. */
export function sayJudged(feedback: IFeedback, trans: ITrans, clocks?: IClocks, receipt?: string): string {
  const at = momentOf(feedback.submitted_at);
  const when = at ? sayMoment(at, new Date(), clocks ?? browsersClocks()) : feedback.submitted_at;
  if (!when) {
    return trans.__('It judges an earlier submission of yours.');
  }
  return receipt
    ? trans.__('It judges what you submitted %1 (receipt %2).', when, receipt)
    : trans.__('It judges what you submitted %1.', when);
}

function browsersClocks(): IClocks {
  const { locale, timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return { locale, zone: timeZone };
}

export function Points({ item, trans }: { item: IFeedbackItem; trans: ITrans }): React.JSX.Element | null {
  if (item.waiting) {
    return <span className="ck-points ck-waits">{trans.__('waits for a reader')}</span>;
  }
  if (!item.max_score) {
    return null;
  }
  return (
    <span className="ck-points">{trans.__('%1 of %2 points', sayPoints(item.score), sayPoints(item.max_score))}</span>
  );
}

/** Two decimals at most, none where there are none. */
export function sayPoints(points: number): string {
  return String(Math.round(points * 100) / 100);
}

/** All that was said, without the head. */
export function Said({ item, trans }: { item: IFeedbackItem; trans: ITrans }): React.JSX.Element {
  const nothing = !item.parts.length && !item.checks.length && !item.comment && !item.checks_note;
  return (
    <>
      {item.comment && (
        <>
          <h5>{trans.__('Comment')}</h5>
          <div className="ck-comment" dir="auto">
            <Prose text={item.comment} />
          </div>
        </>
      )}
      {item.parts.length > 0 && (
        <>
          <h5>{trans.__('Tests')}</h5>
          <ul className="ck-checks">
            {item.parts.map((part, n) => (
              <li key={n}>
                <span {...authors()}>{part.label}</span>{' '}
                <span
                  className={part.waiting ? 'ck-maybe' : part.score >= part.max_score ? 'ck-found' : 'ck-not-found'}
                >
                  {part.waiting
                    ? trans.__('waits for a reader')
                    : trans.__('%1 of %2', sayPoints(part.score), sayPoints(part.max_score))}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {item.checks.length > 0 && (
        <>
          <h5>{trans.__('What your answer was checked for')}</h5>
          <ul className="ck-checks">
            {item.checks.map((check, n) => (
              <li key={n}>
                <span {...authors()}>{check.label}</span> <StateWord state={check.state} trans={trans} />
                {check.quote && <Quote text={check.quote} />}
              </li>
            ))}
          </ul>
        </>
      )}
      {item.next_step && <NextStep text={item.next_step} trans={trans} />}
      {item.checks_note && <p className="ck-quiet">{inOurWords(item.checks_note, trans)}</p>}
      {nothing && !item.waiting && <p className="ck-quiet">{trans.__('Nothing was said besides the points.')}</p>}
    </>
  );
}

export function StateWord({ state, trans }: { state: State; trans: ITrans }): React.JSX.Element {
  const words = {
    found: trans.__('✓ found'),
    maybe: trans.__('? perhaps'),
    'not-found': trans.__('– not found by the tool')
  };
  return <span className={`ck-check-state ck-${state}`}>{words[state]}</span>;
}

export function Quote({ text }: { text: string }): React.JSX.Element {
  return (
    <blockquote className="ck-quoted" dir="auto">
      {text}
    </blockquote>
  );
}

export function NextStep({ text, trans }: { text: string; trans: ITrans }): React.JSX.Element {
  return (
    <p className="ck-next">
      <strong>{trans.__('A next step')}</strong> <span {...authors()}>{text}</span>
    </p>
  );
}
