/** The one dialog of a hand-in, from “Saving …” to the receipt. */
import * as React from 'react';

import type { ICourse, IModule, IPrompt } from '../api/shapes';
import { FocusHeading } from '../layer/layer';
import { authors } from '../logic/authors';
import { momentOf, sayCloses, sayDue, type IClocks } from '../logic/dates';
import { mayCount, sayAnswered } from '../logic/handIn';
import { sayReceiptTime } from '../logic/receipts';
import type { ITrans } from '../logic/trans';
import type { Press, Step } from './steps';

export interface IDialogProps {
  module: IModule;
  course: ICourse | null;
  step: Step;
  clocks: IClocks;
  trans: ITrans;
  /** `prompt`: where to go, if not to the first one. */
  press(what: Press, prompt?: string): void;
}

export function HandInDialog(props: IDialogProps): React.JSX.Element {
  const { step, trans } = props;
  const id = React.useId();
  return (
    <div className="ck-dialog" role="dialog" aria-modal="true" aria-labelledby={id} data-step={step.kind}>
      {/* By its step: the keyboard goes to each new heading, which is then read. */}
      <FocusHeading key={step.kind} id={id} level={2}>
        {titleOf(props)}
      </FocusHeading>
      {insideOf(props)}
      <div className="ck-row">{buttonsOf(props, trans)}</div>
    </div>
  );
}

function titleOf({ step, module, trans }: IDialogProps): string {
  switch (step.kind) {
    case 'busy':
      return trans.__('Handing in “%1”', module.title);
    case 'asking':
      return trans.__('Hand in “%1”?', module.title);
    case 'missing':
      return trans._n('A prompt is still empty', 'Some prompts are still empty', step.prompts.length);
    case 'trouble':
      return step.arrived === 'no' ? trans.__('Nothing was handed in') : trans.__('Not sure whether it arrived');
    case 'done':
      return trans.__('“%1” is handed in', module.title);
  }
}

function insideOf(props: IDialogProps): React.ReactNode {
  const { step, trans } = props;
  switch (step.kind) {
    case 'busy':
      return <Busy step={step} trans={trans} />;
    case 'asking':
      return (
        <>
          {sayAnswered(step.state, trans).map(line => (
            <p key={line}>{line}</p>
          ))}
          <Terms {...props} />
        </>
      );
    case 'missing':
      return <Missing {...props} prompts={step.prompts} />;
    case 'trouble':
      return (
        <>
          <p role="alert">{step.sentence}</p>
          {step.isSaid ? null : <p>{trans.__('What you wrote is saved here.')}</p>}
          {step.arrived === 'no' ? null : (
            <p>{trans.__('To hand in once more is harmless: the same work is kept only once.')}</p>
          )}
        </>
      );
    case 'done':
      return <Done {...props} step={step} />;
  }
}

function Busy({ step, trans }: { step: Step & { kind: 'busy' }; trans: ITrans }): React.JSX.Element {
  return (
    <p role="status" className="ck-busy">
      {step.silent
        ? trans.__('Your server does not answer just now. It is tried again until it does; leave this page open.')
        : step.what === 'saving'
          ? trans.__('Saving your work …')
          : trans.__('Handing in …')}
    </p>
  );
}

function Terms({ module, course, clocks, trans }: IDialogProps): React.JSX.Element | null {
  const step = course?.steps.find(one => one.module === module.module);
  const now = new Date();
  const due = momentOf(step?.due ?? null);
  const closes = momentOf(step?.closes ?? null);
  const said: string[] = [];
  if (due) {
    const { when, left, tone } = sayDue(due, now, clocks, trans);
    said.push(left ? `${when}: ${left}.` : `${when}.`);
    if (tone === 'past') {
      said.push(trans.__('So this is late.'));
    }
  }
  if (closes && (closes < now || (due && due < now))) {
    said.push(sayCloses(closes, now, clocks, trans));
  }
  return said.length ? <p>{said.join(' ')}</p> : null;
}

function Missing({ prompts, trans, press }: IDialogProps & { prompts: IPrompt[] }): React.JSX.Element {
  return (
    <>
      <p>
        {trans._n(
          'This prompt has no answer yet that could be handed in:',
          'These prompts have no answer yet that could be handed in:',
          prompts.length
        )}
      </p>
      <ul>
        {prompts.map(prompt => (
          <li key={prompt.id}>
            {/* One cannot be told from another by “Go to it”. */}
            <button type="button" className="ck-link" {...authors()} onClick={() => press('go-to', prompt.id)}>
              {prompt.title}
            </button>
          </li>
        ))}
      </ul>
      <p>
        {trans.__(
          'You can hand in as it is. Then the next module stays closed until the rest is answered and handed in.'
        )}
      </p>
    </>
  );
}

function Done(props: IDialogProps & { step: Step & { kind: 'done' } }): React.JSX.Element {
  const { course, clocks, trans } = props;
  const { done } = props.step;
  const titles = done.opened.map(id => course?.steps.find(step => step.module === id)?.title ?? id);
  return (
    <>
      <div role="status">
        <p className="ck-receipt">
          {trans.__('Handed in %1, receipt %2.', sayReceiptTime(done.receipt.at, clocks), done.receipt.short)}
        </p>
        {done.warnings.map(line => (
          <p key={line}>{line}</p>
        ))}
        {done.missing.length ? (
          <p>{trans.__('Some required prompts are not answered, so the next module stays closed.')}</p>
        ) : null}
        {titles.map(title => (
          <p key={title}>
            <strong>{trans.__('Next: “%1” is open.', title)}</strong>
          </p>
        ))}
      </div>
      <p className="ck-quiet">
        {trans.__('The receipt is kept beside your work:')} <code>{done.receipt.path}</code>
      </p>
    </>
  );
}

function buttonsOf({ step, press, course }: IDialogProps, trans: ITrans): React.ReactNode {
  const button = (what: Press, label: string, isMain = false): React.JSX.Element => (
    <button key={what} type="button" className={isMain ? 'ck-button ck-main' : 'ck-button'} onClick={() => press(what)}>
      {label}
    </button>
  );
  switch (step.kind) {
    case 'busy':
      return button('leave', step.silent ? trans.__('Stop trying') : trans.__('Cancel'));
    case 'asking':
      return [button('go-on', trans.__('Hand in'), true), button('leave', trans.__('Not yet'))];
    case 'missing':
      return [
        button('go-to', trans.__('Go to it'), true),
        button('as-it-is', trans.__('Hand in as it is')),
        button('leave', trans.__('Close'))
      ];
    case 'trouble':
      return [button('again', trans.__('Try again'), true), button('leave', trans.__('Close'))];
    case 'done': {
      const next = course?.steps.find(one => one.module === step.done.opened[0]);
      return [
        next ? button('open-next', trans.__('Open “%1”', next.title), true) : null,
        mayCount(step.done) ? button('count-this', trans.__('Let this one count')) : null,
        button('leave', trans.__('Close'), !next)
      ];
    }
  }
}
