/** rubrics.yml, as a form: one rubric at a time. What it does not show stays as it is. */
import * as React from 'react';

import { freeName, slug } from '../logic/authoring';
import { RowsField, SelectField, TextField } from './fields';
import type { IAuthorProps } from './panel';
import { Saving } from './saving';
import { useSheet } from './sheet';

interface ICriterion {
  id: string;
  ask: string;
  levels: Record<string, string>;
  detector?: string;
  terms?: string[];
  options?: string[];
  stakeholders?: string[];
  feedback?: { found: string; missing: string };
}
interface IRubric {
  title: string;
  criteria: ICriterion[];
}
interface IFile {
  schema: string;
  rubrics: Record<string, IRubric>;
}

export function Rubrics({ model, trans }: IAuthorProps): React.JSX.Element {
  const [open, setOpen] = React.useState(false);
  const [chosen, setChosen] = React.useState('');
  const sheet = useSheet<IFile>(model, 'rubrics', open, trans);
  const rubrics = sheet.value?.rubrics ?? {};
  const name = chosen in rubrics ? chosen : (Object.keys(rubrics)[0] ?? '');
  const rubric = rubrics[name];
  const put = (to: string, made: IRubric): void => {
    sheet.set({ ...sheet.value!, rubrics: { ...rubrics, [to]: made } });
    setChosen(to);
  };
  const set = (change: Partial<IRubric>): void => put(name, { ...rubric, ...change });
  const setCriterion = (n: number, change: Partial<ICriterion>): void =>
    set({ criteria: rubric.criteria.map((one, m) => (m === n ? tidy({ ...one, ...change }) : one)) });
  const add = (): void => {
    const levels = { 0: trans.__('Nothing of it.'), 1: trans.__('It is there.') };
    const criterion = { id: 'first', ask: trans.__('What is looked for.'), levels };
    const title = trans.__('New rubric');
    put(freeName(slug(title, 'rubric'), new Set(Object.keys(rubrics))), { title, criteria: [criterion] });
  };
  return (
    <details open={open} onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>{trans.__('Rubrics')}</summary>
      {sheet.value && (
        <>
          <div className="ck-buttons">
            {rubric && (
              <SelectField
                label={trans.__('Rubric')}
                value={name}
                choices={Object.keys(rubrics).map(one => [one, one] as const)}
                onDone={setChosen}
              />
            )}
            <button type="button" className="ck-link" onClick={add}>
              {trans.__('New rubric')}
            </button>
          </div>
          {rubric && (
            <>
              <TextField label={trans.__('Title')} value={rubric.title} onDone={title => set({ title })} />
              {rubric.criteria.map((one, n) => (
                <Criterion
                  key={`${name} ${one.id}`}
                  criterion={one}
                  trans={trans}
                  onDone={change => setCriterion(n, change)}
                  onRemove={
                    rubric.criteria.length > 1
                      ? () => set({ criteria: rubric.criteria.filter((_, m) => m !== n) })
                      : null
                  }
                />
              ))}
              <button
                type="button"
                className="ck-link"
                onClick={() => {
                  const id = freeName('criterion', new Set(rubric.criteria.map(one => one.id)));
                  const levels = { 0: trans.__('Nothing of it.'), 1: trans.__('It is there.') };
                  set({ criteria: [...rubric.criteria, { id, ask: trans.__('What is looked for.'), levels }] });
                }}
              >
                {trans.__('Add a criterion')}
              </button>
            </>
          )}
        </>
      )}
      <Saving sheet={sheet} trans={trans} />
    </details>
  );
}

function Criterion(props: {
  criterion: ICriterion;
  trans: IAuthorProps['trans'];
  onDone(change: Partial<ICriterion>): void;
  onRemove: (() => void) | null;
}): React.JSX.Element {
  const { criterion, trans, onDone, onRemove } = props;
  const words = (text: string): string[] =>
    text
      .split(',')
      .map(one => one.trim())
      .filter(Boolean);
  const lists = (['terms', 'options', 'stakeholders'] as const).filter(
    name =>
      name === 'terms' || criterion[name] || (name === 'options' ? 'position' : 'perspective') === criterion.detector
  );
  const listWords = {
    terms: trans.__('Words that hint at it, with commas'),
    options: trans.__('Possible positions, with commas'),
    stakeholders: trans.__('Whose view counts, with commas')
  };
  const feedback = criterion.feedback ?? { found: '', missing: '' };
  return (
    <fieldset className="ck-author-criterion">
      <legend>{criterion.id}</legend>
      <TextField
        label={trans.__('What is looked for')}
        sentence
        value={criterion.ask}
        onDone={ask => onDone({ ask })}
      />
      <RowsField
        label={trans.__('Levels')}
        from={0}
        values={Object.keys(criterion.levels)
          .sort((a, b) => Number(a) - Number(b))
          .map(level => criterion.levels[level])}
        trans={trans}
        onDone={texts => onDone({ levels: Object.fromEntries(texts.map((text, n) => [String(n), text])) })}
      />
      <SelectField
        label={trans.__('What the checks point at')}
        value={criterion.detector ?? 'none'}
        choices={[
          ['none', trans.__('Nothing: a person reads for it')],
          ['case_evidence', trans.__('A fact of the case')],
          ['position', trans.__('A position')],
          ['perspective', trans.__('Somebody else’s view')],
          ['own_practice', trans.__('The own school')],
          ['intention', trans.__('What the writer will do')],
          ['terms', trans.__('The words below')]
        ]}
        onDone={detector => onDone({ detector: detector === 'none' ? undefined : detector })}
      />
      {lists.map(name => (
        <TextField
          key={name}
          label={listWords[name]}
          sentence
          value={(criterion[name] ?? []).join(', ')}
          onDone={text => onDone({ [name]: words(text) })}
        />
      ))}
      <TextField
        label={trans.__('Said when it is there')}
        sentence
        value={feedback.found}
        onDone={found => onDone({ feedback: { ...feedback, found } })}
      />
      <TextField
        label={trans.__('Said when it is missing')}
        sentence
        value={feedback.missing}
        onDone={missing => onDone({ feedback: { ...feedback, missing } })}
      />
      {onRemove && (
        <button type="button" className="ck-link" onClick={onRemove}>
          {trans.__('Remove the criterion “%1”', criterion.id)}
        </button>
      )}
    </fieldset>
  );
}

/** What is empty is left out. */
function tidy(criterion: ICriterion): ICriterion {
  const { feedback, ...others } = criterion;
  const kept = Object.entries(others).filter(([, one]) => one !== undefined && !(Array.isArray(one) && !one.length));
  const said = feedback && (feedback.found || feedback.missing) ? { feedback } : {};
  return { ...Object.fromEntries(kept), ...said } as unknown as ICriterion;
}
