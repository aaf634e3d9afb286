/** The author panel: what the current cell is, what is to be mended, and the files beside the notebook. */
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { useSignal } from '../course/hooks';
import {
  answerElsewhere,
  isEstimate,
  KINDS,
  markOf,
  promptOf,
  promptsAbove,
  revealOf,
  type Kind,
  type Mark
} from '../logic/authoring';
import type { ITrans } from '../logic/trans';
import { Exemplars } from './exemplars';
import { numberOf, TextField } from './fields';
import type { AuthorModel } from './model';
import { PromptForm } from './prompt';
import { Release } from './release';
import { Rubrics } from './rubrics';

export interface IAuthorProps {
  model: AuthorModel;
  trans: ITrans;
}

export class AuthorPanel extends ReactWidget {
  constructor(private readonly parts: IAuthorProps) {
    super();
    this.addClass('ck-author-widget');
    // The lab's own rule for side bars, narrower, is stronger than a class: it would cut sentences to words.
    this.node.style.minWidth = 'min(350px, 60vw)';
    // A letter that is typed in a form is no command to the notebook.
    this.node.setAttribute('data-lm-suppress-shortcuts', 'true');
  }

  protected render(): React.JSX.Element {
    return <Panel {...this.parts} />;
  }
}

function Panel({ model, trans }: IAuthorProps): React.JSX.Element {
  useSignal(model.changed);
  if (!model.info) {
    return (
      <div className="ck-author">
        <p className="ck-quiet">{trans.__('Open a module’s notebook to write in it.')}</p>
      </div>
    );
  }
  const key = model.info.module;
  return (
    <div className="ck-author">
      <h2>{model.info.title}</h2>
      <ThisCell model={model} trans={trans} />
      <Findings model={model} trans={trans} />
      <Rubrics key={`r ${key}`} model={model} trans={trans} />
      <Exemplars key={`e ${key}`} model={model} trans={trans} />
      <Release key={`l ${key}`} model={model} trans={trans} />
    </div>
  );
}

export function kindWords(trans: ITrans): Record<Kind, string> {
  return {
    reflection: trans.__('Written answer'),
    decision: trans.__('Decision'),
    estimate: trans.__('Estimate'),
    confidence: trans.__('Confidence'),
    self_assessment: trans.__('Self-assessment'),
    plan: trans.__('Plan'),
    analysis: trans.__('Analysis in code')
  };
}

function ThisCell({ model, trans }: IAuthorProps): React.JSX.Element | null {
  const cells = model.cells;
  const cell = cells[model.index];
  if (!cell) {
    return null;
  }
  const mark = markOf(cell);
  const prompt = promptOf(cell);
  const above = promptsAbove(cells, model.index);
  const kinds = kindWords(trans);
  const reveal = revealOf(cell);
  const after = reveal?.after ?? above[0]?.id ?? '';
  const elsewhere = answerElsewhere(cells, model.index, after);
  const press = (to: Mark): void => {
    if (to === 'prompt') {
      model.markAsPrompt('reflection');
    } else {
      model.mark(to, after);
    }
  };
  const marks: [Mark, string, boolean][] = [
    ['text', trans.__('Text'), false],
    ['prompt', trans.__('Prompt'), false],
    ['reveal', trans.__('Reveal'), above.length === 0],
    ['exhibit', trans.__('Exhibit'), cell.cell_type !== 'code'],
    ['faculty', trans.__('Faculty note'), false]
  ];
  return (
    <section className="ck-author-cell" aria-label={trans.__('This cell')}>
      <h3>{trans.__('Cell %1', model.index + 1)}</h3>
      <div className="ck-marks" role="group" aria-label={trans.__('What this cell is')}>
        {marks.map(([name, label, off]) => (
          <button
            key={name}
            type="button"
            className={`ck-button${mark === name ? ' ck-main' : ''}`}
            aria-pressed={mark === name}
            aria-disabled={off}
            onClick={() => !off && mark !== name && press(name)}
          >
            {label}
          </button>
        ))}
      </div>
      <p className="ck-quiet">{say(mark, above.length > 0, trans)}</p>
      {mark === 'text' && cell.cell_type !== 'code' && (
        <p className="ck-quiet">{trans.__('Text and pictures need no mark to be shown. An exhibit is code.')}</p>
      )}
      {prompt && (
        <>
          <label className="ck-author-field">
            {trans.__('Kind')}
            <select
              className="ck-select"
              value={prompt.kind}
              onChange={event => model.markAsPrompt(event.target.value as Kind)}
            >
              {KINDS.map(kind => (
                <option key={kind} value={kind}>
                  {kinds[kind]}
                </option>
              ))}
            </select>
          </label>
          <PromptForm key={cell.id} cellId={cell.id} fields={prompt} model={model} trans={trans} />
        </>
      )}
      {mark === 'reveal' && (
        <label className="ck-author-field">
          {trans.__('Opens after')}
          <select className="ck-select" value={after} onChange={event => model.mark('reveal', event.target.value)}>
            {!above.some(one => one.id === after) && <option value={after}>{after}</option>}
            {above.map(one => (
              <option key={one.id} value={one.id}>
                {`${one.id}: ${one.title}`}
              </option>
            ))}
          </select>
        </label>
      )}
      {reveal && isEstimate(cells, after) && (
        <>
          <TextField
            key={`${cell.id} ${after}`}
            label={trans.__('The number that it tells')}
            number
            value={String(reveal.answer ?? '')}
            onDone={text => model.setAnswer(cell.id, after, numberOf(text))}
          />
          <p className="ck-quiet">
            {elsewhere !== null && reveal.answer === undefined
              ? trans.__('Another cell after %1 says it already: %2.', after, elsewhere)
              : trans.__('For your plan of the discussion: who guessed too low, who too high.')}
          </p>
        </>
      )}
      <button type="button" className="ck-link" onClick={() => model.undo()}>
        {trans.__('Undo the last change of cells')}
      </button>
    </section>
  );
}

function say(mark: Mark, hasPrompts: boolean, trans: ITrans): string {
  switch (mark) {
    case 'text':
      return hasPrompts
        ? trans.__('Everybody reads it.')
        : trans.__('Everybody reads it. A reveal needs a prompt above it.');
    case 'prompt':
      return trans.__('Learners answer here, and commit.');
    case 'reveal':
      return trans.__('Sealed until the prompt is committed.');
    case 'exhibit':
      return trans.__('Learners run it and cannot change it.');
    case 'faculty':
      return trans.__('No learner ever gets it.');
  }
}

function Findings({ model, trans }: IAuthorProps): React.JSX.Element {
  const { found, findings, trouble } = model;
  const errors = findings.filter(one => one.severity === 'error').length;
  return (
    <section className="ck-author-findings" aria-label={trans.__('To mend')}>
      <h3>{trans.__('To mend')}</h3>
      <p role="status" className="ck-quiet">
        {trouble ||
          (found === null
            ? trans.__('One moment…')
            : findings.length
              ? [
                  trans._n('%1 error', '%1 errors', errors),
                  trans._n('%1 warning', '%1 warnings', findings.length - errors)
                ].join(', ')
              : trans.__('Nothing is wrong.'))}
      </p>
      <ol className="ck-findings" role="list">
        {findings.map((one, n) => (
          <li key={n} className={`ck-finding ck-is-${one.severity}`}>
            <span className="ck-finding-kind">
              {one.severity === 'error' ? trans.__('Error') : trans.__('Warning')} {one.code}
            </span>
            {one.cell === null ? (
              <span className="ck-quiet">{one.file.split('/').pop()}</span>
            ) : (
              <button type="button" className="ck-link" onClick={() => model.goTo(one)}>
                {trans.__('Cell %1', one.cell)}
              </button>
            )}
            <p>{one.message}</p>
            <p className="ck-quiet">{one.hint}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
