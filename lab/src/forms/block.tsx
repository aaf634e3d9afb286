/**
 * One prompt: what is asked, the answer, Commit, and what the commitment opened. logic/block.ts draws its states.
 * What is sealed never changes: a revision is written below it, and kept beside it.
 */
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import * as React from 'react';

import { sayError } from '../api/say';
import type { IPrompt, Response } from '../api/shapes';
import { sameAnswer, text } from '../logic/answers';
import { phaseOf, sayState, whyNot, type Stage } from '../logic/block';
import { localeOf, type IClocks } from '../logic/dates';
import { isInNotebook } from '../logic/promptCells';
import { sayCommitted, sayRevision } from '../logic/receipts';
import { inOurWords } from '../logic/sentences';
import type { ITrans } from '../logic/trans';
import { CommitRow } from './commit';
import { WordCount } from './fields';
import { PromptForm } from './form';
import { Question } from './question';
import { Reveal } from './reveal';
import { Rubric } from './rubric';
import { AnswerText } from './sealed';

export interface IPromptBlockProps {
  prompt: IPrompt;
  trans: ITrans;
  rendermime: IRenderMimeRegistry;
  /** Prose and code stand in the notebook, above; or all of it is written here: forms always, prose in the plain page. */
  answer: 'in-cell' | 'here';
  /** The answer just now. */
  value: Response;
  onChange(value: Response): void;
  /** What is going on with it. */
  saved: 'nothing' | 'saving' | 'saved' | 'not-saved';
  /** A sentence, shown as an alert. */
  trouble?: string;
  /** How a number was read; empty when it was not one. */
  heard?: string;
  /** Raises ApiError; the block shows its sentence. */
  onCommit(revision: boolean): Promise<void>;
  /** “Add a revision” was pressed. */
  onRevise?(): void;
  /** “Close” was pressed: the revision is put away; what was typed stays saved. */
  onClose?(): void;
  revising: boolean;
  /** Show title, minutes and question; not for prose whose question stands above. */
  heading?: boolean;
  level?: 2 | 3 | 4;
  /** For the times of receipts; the browser's own if left out. */
  clocks?: IClocks;
  /** Below: feedback, pointers. */
  children?: React.ReactNode;
}

/** Milliseconds that a press of Commit waits for the last key to be saved, before it is asked all the same. */
const PATIENCE = 4000;

export function PromptBlock(props: IPromptBlockProps): React.JSX.Element {
  const { prompt, trans, rendermime, revising, value } = props;
  const here = props.answer === 'here';
  const clocks = props.clocks ?? browserClocks();
  const id = React.useId();
  const root = React.useRef<HTMLElement>(null);
  const commit = React.useRef<HTMLButtonElement>(null);
  const revise = React.useRef<HTMLButtonElement>(null);
  const receipt = React.useRef<HTMLParagraphElement>(null);
  const opened = React.useRef<HTMLHeadingElement>(null);
  const [stage, setStage] = React.useState<Stage>('editing');
  const [said, say] = React.useState('');
  const [fresh, setFresh] = React.useState(false);
  const [focus, setFocus] = React.useState<'commit' | 'revise' | 'sealed' | 'editor' | null>(null);
  const phase = phaseOf(prompt, revising, stage);
  const unchanged = sameAnswer(value, prompt.sealed);

  // One more change to the answer takes the question back.
  React.useEffect(() => {
    setStage(now => (now === 'asking' || now === 'waiting' ? 'editing' : now));
    say('');
  }, [JSON.stringify(value)]);

  React.useEffect(() => {
    if (stage !== 'waiting') {
      return;
    }
    if (props.saved !== 'saving') {
      decide();
      return;
    }
    const timer = window.setTimeout(decide, PATIENCE);
    return () => window.clearTimeout(timer);
  }, [stage, props.saved]);

  React.useEffect(() => {
    if (focus === null) {
      return;
    }
    const target = {
      commit: () => commit.current,
      revise: () => revise.current,
      sealed: () => opened.current ?? receipt.current,
      editor: () => root.current?.querySelector<HTMLElement>('.ck-form :is(textarea, input)') ?? null
    }[focus]();
    // What is not there yet comes with the next answer of the server.
    if (target) {
      target.focus();
      setFocus(null);
    }
  });

  function decide(): void {
    // Prose is saved with its notebook, and of that the server says nothing until it is asked.
    const heardAll = !isInNotebook(prompt.kind) && props.saved === 'saved';
    const reason = whyNot(prompt, value, { revising, heardAll }, trans);
    say(reason ?? '');
    setStage(reason === null ? 'asking' : 'editing');
  }

  async function seal(): Promise<void> {
    say('');
    setStage('sealing');
    try {
      await props.onCommit(revising);
      setFresh(!revising);
      setFocus(revising ? 'revise' : 'sealed');
    } catch (error) {
      say(sayError(error, trans));
      setFocus('commit');
    }
    setStage('editing');
  }

  function close(): void {
    say('');
    setStage('editing');
    setFocus('revise');
    props.onClose?.();
  }

  const sealed = prompt.sealed !== null;
  const editing = phase !== 'sealed';
  const floor = prompt.kind === 'reflection' ? prompt.min_words : 0;
  // In the notebook the cell above shows what is sealed, until a later text stands there.
  const showSealed = sealed && (here || revising || prompt.revised);
  return (
    <section
      ref={root}
      className={`ck-block ck-kind-${prompt.kind} ${phase === 'sealed' ? 'ck-sealed' : ''}`}
      aria-labelledby={props.heading ? id : undefined}
      aria-label={props.heading ? undefined : prompt.title}
      data-prompt={prompt.id}
      data-phase={phase}
      // What is typed here is for here; the lab's shortcuts would take the arrows from the radios.
      data-lm-suppress-shortcuts="true"
      onKeyDown={keepToItself}
    >
      {props.heading ? (
        <Question prompt={prompt} trans={trans} rendermime={rendermime} id={id} level={props.level} />
      ) : null}
      {prompt.rubric ? <Rubric rubric={prompt.rubric} trans={trans} /> : null}
      {showSealed ? <AnswerText prompt={prompt} response={prompt.sealed} trans={trans} /> : null}
      {sealed && prompt.receipt ? (
        <p className="ck-receipt" ref={receipt} tabIndex={-1}>
          {sayCommitted(prompt.receipt, clocks, trans)}
        </p>
      ) : null}
      {sealed && prompt.reveal?.length ? (
        <Reveal bundles={prompt.reveal} trans={trans} rendermime={rendermime} fresh={fresh} heading={opened} />
      ) : null}
      {sealed && revising ? <h4>{trans.__('Your revision')}</h4> : null}
      {sealed && revising && !here ? (
        <p className="ck-quiet">{trans.__('It is written above; what is sealed stays as it is.')}</p>
      ) : null}
      {editing && here ? (
        <PromptForm
          // A revision starts from what is saved, with fields of its own.
          key={revising ? 'revision' : 'answer'}
          prompt={prompt}
          trans={trans}
          value={value}
          onChange={props.onChange}
          heard={props.saved === 'saving' ? undefined : props.heard}
          disabled={phase === 'sealing'}
        />
      ) : null}
      {editing && !here && prompt.kind === 'reflection' ? (
        <WordCount text={text(value.text)} floor={floor} most={prompt.max_words} trans={trans} />
      ) : null}
      {editing ? (
        <p className={props.saved === 'not-saved' ? 'ck-state ck-bad' : 'ck-state ck-quiet'} role="status">
          {phase === 'sealing' ? trans.__('Sealing your answer …') : sayState(props.saved, unchanged, revising, trans)}
        </p>
      ) : null}
      {props.trouble ? (
        <p className="ck-alert" role="alert">
          {inOurWords(props.trouble, trans)}
        </p>
      ) : null}
      {said ? (
        <p className="ck-alert" role="alert">
          {said}
        </p>
      ) : null}
      {!editing && prompt.revised ? <Later {...props} clocks={clocks} /> : null}
      {editing ? (
        <CommitRow
          phase={phase}
          revising={revising}
          trans={trans}
          commit={commit}
          onAsk={() => {
            say('');
            setStage('waiting');
          }}
          onYes={() => void seal()}
          onNotYet={() => {
            setStage('editing');
            setFocus('commit');
          }}
          onClose={revising && props.onClose ? close : undefined}
        />
      ) : props.onRevise ? (
        <div className="ck-row">
          <button
            type="button"
            className="ck-button"
            ref={revise}
            onClick={() => {
              say('');
              setFocus(here ? 'editor' : null);
              props.onRevise?.();
            }}
          >
            {trans.__('Add a revision')}
          </button>
        </div>
      ) : null}
      {props.children}
    </section>
  );
}

/** A text that is newer than the sealed one. */
function Later(props: IPromptBlockProps & { clocks: IClocks }): React.JSX.Element {
  const { prompt, trans, clocks } = props;
  const last = prompt.revisions[prompt.revisions.length - 1];
  return (
    <div className="ck-later">
      <h4>{trans.__('Your later version')}</h4>
      {props.answer === 'here' ? (
        <AnswerText prompt={prompt} response={prompt.response} trans={trans} />
      ) : (
        <p className="ck-quiet">{trans.__('It stands above; what is sealed is shown here.')}</p>
      )}
      {last ? <p className="ck-receipt">{sayRevision(last, clocks, trans)}</p> : null}
    </div>
  );
}

function keepToItself(event: React.KeyboardEvent): void {
  // A notebook around it would take a key for one to its cells. Escape is for whatever the block stands in.
  if (event.key !== 'Escape') {
    event.stopPropagation();
  }
  // Everything here saves itself; the browser would offer to keep the page.
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 's') {
    event.preventDefault();
  }
}

function browserClocks(): IClocks {
  return {
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    locale: localeOf(document.documentElement.lang || 'en', navigator.languages)
  };
}
