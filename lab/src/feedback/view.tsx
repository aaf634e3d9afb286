/** The feedback on a module, in the main area: the learner's own words, and beside them what was said. */
import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

import type { Api } from '../api/client';
import { sayError } from '../api/say';
import type { IFeedback, IFeedbackItem, ISubmission } from '../api/shapes';
import { authors } from '../logic/authors';
import { momentOf, sayMoment, type IClocks } from '../logic/dates';
import type { ITrans } from '../logic/trans';
import { JudgedAnswer } from './answer';
import { Points, Said, sayJudged, sayPoints } from './prompt';
import { Prose } from './prose';
import { byDate, receiptOf } from './reactions';

export interface IFeedbackViewProps {
  api: Api;
  course: string;
  module: string;
  /** The module's, as far as it is known. */
  title: string;
  clocks: IClocks;
  /** Asked for anew. */
  again: ISignal<unknown, void>;
  trans: ITrans;
}

export function FeedbackView(props: IFeedbackViewProps): React.JSX.Element {
  const { api, course, module, title, again, trans } = props;
  const [found, setFound] = React.useState<IFeedback[] | null>(null);
  const [submissions, setSubmissions] = React.useState<ISubmission[]>([]);
  const [trouble, setTrouble] = React.useState('');
  const load = React.useCallback(() => {
    Promise.all([api.feedback(course, module), api.submissions(course, module)])
      .then(([feedbacks, handedIn]) => {
        setFound(byDate(feedbacks));
        setSubmissions(handedIn);
        setTrouble('');
      })
      .catch(error => setTrouble(sayError(error, trans)));
  }, [api, course, module]);
  React.useEffect(() => {
    load();
    again.connect(load);
    return () => {
      again.disconnect(load);
    };
  }, [load]);
  return (
    <div className="ck-feedback">
      <h2 tabIndex={-1} dir="auto">
        {trans.__('Feedback on “%1”', title)}
      </h2>
      {trouble && (
        <div role="alert" className="ck-alert">
          <p>{trouble}</p>
          <button className="ck-button" onClick={load}>
            {trans.__('Try again')}
          </button>
        </div>
      )}
      {!found && !trouble && <p className="ck-quiet">{trans.__('One moment…')}</p>}
      {found?.length === 0 && <p>{trans.__('There is no feedback yet. It shows up here once it is released.')}</p>}
      {found && found.length > 0 && <Feedbacks {...props} feedbacks={found} submissions={submissions} />}
    </div>
  );
}

interface IFeedbacksProps extends IFeedbackViewProps {
  feedbacks: IFeedback[];
  submissions: ISubmission[];
}

function Feedbacks(props: IFeedbacksProps): React.JSX.Element {
  const { feedbacks, submissions, clocks, trans } = props;
  const [chosen, setChosen] = React.useState('');
  const shown = feedbacks.find(one => keyOf(one) === chosen) ?? feedbacks[0];
  const id = React.useId();
  return (
    <>
      {feedbacks.length > 1 && (
        <p className="ck-choice">
          <label htmlFor={id}>{trans.__('Which feedback')}</label>{' '}
          <select id={id} className="ck-select" value={keyOf(shown)} onChange={event => setChosen(event.target.value)}>
            {feedbacks.map((one, n) => (
              <option key={keyOf(one)} value={keyOf(one)}>
                {n === 0 ? trans.__('%1 (the newest)', sayGiven(one, clocks)) : sayGiven(one, clocks)}
              </option>
            ))}
          </select>
        </p>
      )}
      <One feedback={shown} receipt={receiptOf(shown, submissions)} clocks={clocks} trans={trans} />
    </>
  );
}

/** One submission may have had feedback twice. */
function keyOf(feedback: IFeedback): string {
  return `${feedback.given_at} ${feedback.submission ?? ''}`;
}

function sayGiven(feedback: IFeedback, clocks: IClocks): string {
  const at = momentOf(feedback.given_at);
  return at ? sayMoment(at, new Date(), clocks) : feedback.given_at;
}

interface IOneProps {
  feedback: IFeedback;
  receipt: string | undefined;
  clocks: IClocks;
  trans: ITrans;
}

function One({ feedback, receipt, clocks, trans }: IOneProps): React.JSX.Element {
  return (
    <>
      <p className="ck-quiet">{sayJudged(feedback, trans, clocks, receipt)}</p>
      <Total feedback={feedback} trans={trans} />
      {feedback.items.map(item => (
        <Item key={item.prompt || item.title} item={item} trans={trans} />
      ))}
    </>
  );
}

function Total({ feedback, trans }: { feedback: IFeedback; trans: ITrans }): React.JSX.Element {
  const { score, max_score, penalty, waiting } = feedback;
  const [points, of] = [sayPoints(score), sayPoints(max_score)];
  return (
    <>
      {max_score > 0 && (
        <p className="ck-total">
          <strong>
            {waiting ? trans.__('%1 of %2 points so far', points, of) : trans.__('%1 of %2 points', points, of)}
          </strong>
          {penalty > 0 && <span> {trans.__('%1 were taken off because it came late.', sayPoints(penalty))}</span>}
        </p>
      )}
      {waiting > 0 && (
        <p className="ck-alert">
          {trans._n(
            'One answer waits for a reader. It is marked below; your points may still change.',
            '%1 answers wait for a reader. They are marked below; your points may still change.',
            waiting
          )}
        </p>
      )}
    </>
  );
}

function Item({ item, trans }: { item: IFeedbackItem; trans: ITrans }): React.JSX.Element {
  const id = React.useId();
  return (
    <section className="ck-feedback-item" aria-labelledby={id}>
      <div className="ck-feedback-head">
        <h3 id={id} {...authors()}>
          {item.title}
        </h3>
        <Points item={item} trans={trans} />
      </div>
      {item.question && (
        <details className="ck-question">
          <summary>{trans.__('The question')}</summary>
          <div {...authors()}>
            <Prose text={item.question} />
          </div>
        </details>
      )}
      <div className="ck-columns">
        {item.prompt && (
          <div>
            <h4>{trans.__('Your answer')}</h4>
            <JudgedAnswer item={item} trans={trans} />
          </div>
        )}
        <div>
          <h4 className="ck-unseen">{trans.__('What was said')}</h4>
          <Said item={item} trans={trans} />
        </div>
      </div>
    </section>
  );
}
