/** What was handed in and sealed, each with its receipt. Fetched when somebody looks. */
import * as React from 'react';

import type { Api } from '../api/client';
import { sayError } from '../api/say';
import type { IPrompt, IStep, ISubmission } from '../api/shapes';
import { authors } from '../logic/authors';
import { momentOf, sayMoment, type IClocks } from '../logic/dates';
import type { ITrans } from '../logic/trans';
import type { Actions } from './actions';
import { useDeed } from './hooks';
import type { Level } from './modules';

export interface IReceiptsProps {
  api: Api;
  course: string;
  step: IStep;
  /** Of the module's heading. */
  level: Level;
  actions: Actions;
  now: Date;
  clocks: IClocks;
  trans: ITrans;
}

export function Receipts(props: IReceiptsProps): React.JSX.Element {
  const { api, course, step, level, trans } = props;
  const Heading = level === 3 ? 'h4' : 'h5';
  const [found, setFound] = React.useState<{ submissions: ISubmission[]; prompts: IPrompt[] } | null>(null);
  const [trouble, setTrouble] = React.useState('');
  React.useEffect(() => {
    let gone = false;
    Promise.all([
      api.submissions(course, step.module),
      // Receipts of answers are known where the module is.
      step.notebook ? api.module(course, step.module).then(module => module.prompts) : []
    ])
      .then(([submissions, prompts]) => !gone && (setFound({ submissions, prompts }), setTrouble('')))
      .catch(error => !gone && setTrouble(sayError(error, trans)));
    return () => {
      gone = true;
    };
  }, [api, course, step.module, step.notebook, step.submissions, step.committed, step.counting, step.state]);
  if (trouble) {
    return <p role="alert">{trouble}</p>;
  }
  if (!found) {
    return <p className="ck-quiet">{trans.__('One moment…')}</p>;
  }
  const sealed = found.prompts.filter(prompt => prompt.receipt);
  return (
    <>
      {!found.submissions.length && !sealed.length && (
        <p className="ck-quiet">{trans.__('Nothing is committed or submitted yet.')}</p>
      )}
      {found.submissions.length > 0 && (
        <>
          <Heading className="ck-receipts-title">{trans.__('Submitted')}</Heading>
          <ul className="ck-receipts">
            {[...found.submissions].sort(newestFirst).map(one => (
              <Submission key={one.submission} submission={one} {...props} />
            ))}
          </ul>
        </>
      )}
      {sealed.length > 0 && (
        <>
          <Heading className="ck-receipts-title">{trans.__('Committed')}</Heading>
          <ul className="ck-receipts">
            {sealed.flatMap(prompt =>
              [prompt.receipt!, ...prompt.revisions].map((receipt, revision) => (
                <li key={`${prompt.id} ${receipt.short}`}>
                  <span {...authors()}>{prompt.title}</span>
                  {revision > 0 && ` (${trans.__('revision %1', revision)})`}
                  <ReceiptLine at={receipt.at} short={receipt.short} {...props} />
                </li>
              ))
            )}
          </ul>
        </>
      )}
    </>
  );
}

function newestFirst(a: ISubmission, b: ISubmission): number {
  return (momentOf(b.at)?.getTime() ?? 0) - (momentOf(a.at)?.getTime() ?? 0);
}

function Submission(props: IReceiptsProps & { submission: ISubmission }): React.JSX.Element {
  const { submission, actions, trans, now, clocks } = props;
  const deed = useDeed(trans);
  const at = momentOf(submission.at);
  const when = at ? sayMoment(at, now, clocks) : submission.at;
  return (
    <li>
      <ReceiptLine at={submission.at} short={submission.short} {...props} />
      <span className="ck-quiet">{words(submission, trans).join(', ')}</span>
      <br />
      <button
        className="ck-link"
        aria-disabled={deed.busy}
        aria-label={trans.__('Open as handed in: %1', when)}
        onClick={() => deed.run(() => actions.openCopy(submission))}
      >
        {trans.__('Open as handed in')}
      </button>
      {deed.trouble && <p role="alert">{deed.trouble}</p>}
    </li>
  );
}

function words(submission: ISubmission, trans: ITrans): string[] {
  const said = [
    submission.withdrawn
      ? trans.__('withdrawn by staff')
      : submission.counts
        ? trans.__('this one counts')
        : trans.__('does not count')
  ];
  if (submission.standing === 'late') {
    said.push(trans.__('late'));
  } else if (submission.standing === 'after closing') {
    said.push(trans.__('after the closing'));
  }
  if (submission.feedback) {
    said.push(trans.__('with feedback'));
  }
  if (submission.by) {
    said.push(trans.__('handed in for you by %1', submission.by));
  }
  return said;
}

function ReceiptLine(props: {
  at: string;
  short: string;
  now: Date;
  clocks: IClocks;
  trans: ITrans;
}): React.JSX.Element {
  const { at, short, now, clocks, trans } = props;
  const moment = momentOf(at);
  return (
    <span className="ck-proof">
      <time dateTime={at}>{moment ? sayMoment(moment, now, clocks) : at}</time>{' '}
      <span>
        {trans.__('receipt')} <code>{short}</code>
      </span>
    </span>
  );
}
