/** Commit, and the question before it: asked in its place, with the keyboard on the answer that changes nothing. */
import * as React from 'react';

import type { Phase } from '../logic/block';
import type { ITrans } from '../logic/trans';

interface ICommitRowProps {
  phase: Phase;
  revising: boolean;
  trans: ITrans;
  commit: React.Ref<HTMLButtonElement>;
  onAsk(): void;
  onYes(): void;
  onNotYet(): void;
  onClose?(): void;
}

export function CommitRow(props: ICommitRowProps): React.JSX.Element {
  const { phase, revising, trans } = props;
  const notYet = React.useRef<HTMLButtonElement>(null);
  const id = React.useId();
  React.useEffect(() => {
    // Not on “Yes”: a second press of Enter must not be a commitment.
    if (phase === 'asking') {
      notYet.current?.focus();
    }
  }, [phase]);
  const leave = (event: React.KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      props.onNotYet();
    }
  };
  if (phase === 'asking') {
    return (
      <div className="ck-ask" role="group" aria-labelledby={id} onKeyDown={leave}>
        <p id={id} className="ck-alert" role="alert">
          {revising
            ? trans.__('This keeps your revision beside the sealed answer. Neither can be changed afterwards.')
            : trans.__('Commit seals this answer. You can add a revision later, but not change it.')}
        </p>
        <div className="ck-row">
          <button type="button" className="ck-button" ref={notYet} aria-describedby={id} onClick={props.onNotYet}>
            {trans.__('Not yet')}
          </button>
          <button type="button" className="ck-button ck-main" onClick={props.onYes}>
            {trans.__('Yes, commit')}
          </button>
        </div>
      </div>
    );
  }
  const busy = phase === 'waiting' || phase === 'sealing';
  return (
    <div className="ck-row">
      <button
        type="button"
        className="ck-button ck-main"
        ref={props.commit}
        aria-disabled={busy}
        onClick={() => !busy && props.onAsk()}
      >
        {revising ? trans.__('Commit revision') : trans.__('Commit')}
      </button>
      {props.onClose && !busy ? (
        <button type="button" className="ck-button" onClick={props.onClose}>
          {trans.__('Close')}
        </button>
      ) : null}
    </div>
  );
}
