/** What the checks saw in one answer right after it was handed in, and the button that brings a person. */
import * as React from 'react';

import type { IPointers, IPromptPointers } from '../api/shapes';
import { sayError } from '../api/say';
import { authors } from '../logic/authors';
import { inOurWords } from '../logic/sentences';
import type { ITrans } from '../logic/trans';
import { NextStep, Quote, StateWord } from './prompt';

export interface IPromptPointersProps {
  pointers: IPromptPointers;
  /** Ask that a person reads it. May raise ApiError; its sentence is shown. */
  appeal(reason: string): Promise<void>;
  trans: ITrans;
}

export function PromptPointers({ pointers, appeal, trans }: IPromptPointersProps): React.JSX.Element {
  const id = React.useId();
  return (
    <div role="group" className="ck-feedback-item ck-in-place" aria-labelledby={id}>
      <h4 id={id}>{trans.__('What the checks saw')}</h4>
      <ul className="ck-checks">
        {pointers.pointers.map((pointer, n) => (
          <li key={n}>
            <span {...authors()}>{pointer.ask}</span> <StateWord state={pointer.state} trans={trans} />
            {pointer.quote && <Quote text={pointer.quote} />}
            {pointer.text && pointer.text !== pointers.next_step && <Told text={pointer.text} trans={trans} />}
          </li>
        ))}
      </ul>
      {pointers.next_step && <NextStep text={pointers.next_step} trans={trans} />}
      <p className="ck-quiet">{inOurWords(pointers.footer, trans)}</p>
      <Appeal title={pointers.title} appealed={pointers.appealed} appeal={appeal} trans={trans} />
    </div>
  );
}

/** The author's words for it, or ours where there are none. */
function Told({ text, trans }: { text: string; trans: ITrans }): React.JSX.Element {
  const ours = inOurWords(text, trans);
  return <p {...(ours === text ? authors() : {})}>{ours}</p>;
}

interface IAppealProps {
  title: string;
  appealed: boolean;
  appeal(reason: string): Promise<void>;
  trans: ITrans;
}

function Appeal({ title, appealed, appeal, trans }: IAppealProps): React.JSX.Element {
  const [asking, setAsking] = React.useState(false);
  const [sent, setSent] = React.useState(false);
  const [reason, setReason] = React.useState('');
  const [busy, setBusy] = React.useState(false);
  const [trouble, setTrouble] = React.useState('');
  const opener = React.useRef<HTMLButtonElement>(null);
  const field = React.useRef<HTMLTextAreaElement>(null);
  const said = React.useRef<HTMLParagraphElement>(null);
  const id = React.useId();
  React.useEffect(() => {
    // The keyboard goes along: into the field, and to what came of it.
    (sent ? said : field).current?.focus();
  }, [asking, sent]);
  const send = async (): Promise<void> => {
    if (busy) {
      return;
    }
    setBusy(true);
    setTrouble('');
    try {
      await appeal(reason.trim());
      setSent(true);
    } catch (error) {
      setTrouble(sayError(error, trans));
    } finally {
      setBusy(false);
    }
  };
  if (appealed || sent) {
    return (
      <p ref={said} tabIndex={-1} role="status" className="ck-asked">
        {trans.__('You have asked that a person reads this answer.')}
      </p>
    );
  }
  if (!asking) {
    return (
      <button
        ref={opener}
        className="ck-button"
        aria-label={trans.__('A person should read this: “%1”', title)}
        onClick={() => setAsking(true)}
      >
        {trans.__('A person should read this')}
      </button>
    );
  }
  return (
    <form
      className="ck-appeal"
      onSubmit={event => {
        event.preventDefault();
        void send();
      }}
    >
      <label htmlFor={id}>{trans.__('What the reader should know. You need not give a reason.')}</label>
      <textarea
        ref={field}
        id={id}
        rows={3}
        maxLength={2000}
        value={reason}
        onChange={event => setReason(event.target.value)}
      />
      <div className="ck-buttons">
        <button className="ck-button ck-main" type="submit" aria-disabled={busy}>
          {trans.__('Yes, ask')}
        </button>
        <button className="ck-button" type="button" onClick={() => setAsking(false)}>
          {trans.__('Not now')}
        </button>
      </div>
      {trouble && (
        <p role="alert" className="ck-alert">
          {trouble}
        </p>
      )}
    </form>
  );
}

/** What is to be said of a module where no answer has pointers; empty where they speak for themselves. */
export function sayPointersState(state: IPointers['state'], trans: ITrans): string {
  switch (state) {
    case 'being checked':
      return trans.__('Your answers are being checked. A person reads them in any case.');
    case 'not checked':
      return trans.__('There is nothing in your last submission that the tool checks. A person reads your answers.');
    default:
      return '';
  }
}
