/** exemplars.yml, as a form: the sample answers to one prompt, each with its marks. */
import * as React from 'react';

import { freeName, promptOf, promptsOf, type IPromptFields } from '../logic/authoring';
import type { ITrans } from '../logic/trans';
import { CheckField, numberOf, SelectField, TextField } from './fields';
import type { IAuthorProps } from './panel';
import { Saving } from './saving';
import { useSheet } from './sheet';

interface IExemplar {
  id: string;
  prompt: string;
  response: Record<string, unknown>;
  marks?: Record<string, number>;
  adequate?: boolean;
  passes?: boolean;
  note?: string;
}
interface IFile {
  schema: string;
  exemplars: IExemplar[];
}
interface ICriteria {
  rubrics: Record<string, { criteria: { id: string; ask: string; levels: Record<string, string> }[] }>;
}

const EMPTY: Record<string, Record<string, unknown>> = {
  reflection: { text: '…' },
  analysis: { code: 'pass' },
  decision: { choice: '', reason: '…' },
  estimate: { value: 0 },
  confidence: { level: 1 },
  self_assessment: { levels: {} },
  plan: { fields: {} }
};

export function Exemplars({ model, trans }: IAuthorProps): React.JSX.Element {
  const [open, setOpen] = React.useState(false);
  const [chosen, setChosen] = React.useState('');
  const sheet = useSheet<IFile>(model, 'exemplars', open, trans);
  const rubrics = useSheet<ICriteria>(model, 'rubrics', open, trans);
  const cells = model.cells;
  const prompts = promptsOf(cells);
  const here = cells[model.index] && promptOf(cells[model.index])?.id;
  const prompt = prompts.find(one => one.id === (chosen || here)) ?? prompts[0];
  const all = sheet.value?.exemplars ?? [];
  const criteria = rubrics.value?.rubrics[prompt?.rubric ?? '']?.criteria ?? [];
  const put = (exemplars: IExemplar[]): void => sheet.set({ ...sheet.value!, exemplars });
  const add = (): void => {
    const id = freeName(`${prompt.id}-1`, new Set(all.map(one => one.id)));
    const marks = Object.fromEntries(criteria.map(one => [one.id, 0]));
    const marked = criteria.length ? { marks, adequate: false } : {};
    const passes = prompt.kind === 'analysis' ? { passes: true } : {};
    put([...all, { id, prompt: prompt.id, response: EMPTY[prompt.kind], ...marked, ...passes, note: '' }]);
  };
  return (
    <details open={open} onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>{trans.__('Sample answers')}</summary>
      {sheet.value && prompt && (
        <>
          <SelectField
            label={trans.__('To which prompt')}
            value={prompt.id}
            choices={prompts.map(one => [one.id, `${one.id}: ${one.title}`] as const)}
            onDone={setChosen}
          />
          {all.map(
            (one, n) =>
              one.prompt === prompt.id && (
                <fieldset key={one.id} className="ck-author-criterion">
                  <legend>{one.id}</legend>
                  <Response
                    prompt={prompt}
                    response={one.response}
                    trans={trans}
                    onDone={response => put(all.map((old, m) => (m === n ? { ...old, response } : old)))}
                  />
                  {criteria.map(criterion => (
                    <SelectField
                      key={criterion.id}
                      label={criterion.ask}
                      value={String(one.marks?.[criterion.id] ?? '')}
                      choices={Object.entries(criterion.levels).map(
                        ([level, said]) => [level, `${level}: ${said}`] as const
                      )}
                      onDone={level => {
                        const marks = { ...one.marks, [criterion.id]: Number(level) };
                        put(all.map((old, m) => (m === n ? { ...old, marks } : old)));
                      }}
                    />
                  ))}
                  {criteria.length > 0 && (
                    <CheckField
                      label={trans.__('An honest attempt, good or not')}
                      value={one.adequate ?? false}
                      onDone={adequate => put(all.map((old, m) => (m === n ? { ...old, adequate } : old)))}
                    />
                  )}
                  {prompt.kind === 'analysis' && (
                    <CheckField
                      label={trans.__('Its tests pass')}
                      value={one.passes ?? false}
                      onDone={passes => put(all.map((old, m) => (m === n ? { ...old, passes } : old)))}
                    />
                  )}
                  <TextField
                    label={trans.__('Note for other teachers')}
                    sentence
                    value={one.note ?? ''}
                    onDone={note => put(all.map((old, m) => (m === n ? { ...old, note } : old)))}
                  />
                  <button type="button" className="ck-link" onClick={() => put(all.filter((_, m) => m !== n))}>
                    {trans.__('Remove the sample answer “%1”', one.id)}
                  </button>
                </fieldset>
              )
          )}
          <button type="button" className="ck-link" onClick={add}>
            {trans.__('Add a sample answer')}
          </button>
        </>
      )}
      <Saving sheet={sheet} trans={trans} />
    </details>
  );
}

function Response(props: {
  prompt: IPromptFields;
  response: Record<string, unknown>;
  trans: ITrans;
  onDone(response: Record<string, unknown>): void;
}): React.JSX.Element {
  const { prompt, response, trans, onDone } = props;
  const text = (name: string, label: string, lines = 4): React.JSX.Element => (
    <TextField
      label={label}
      lines={lines}
      value={String(response[name] ?? '')}
      onDone={value => onDone({ ...response, [name]: value })}
    />
  );
  switch (prompt.kind) {
    case 'reflection':
      return text('text', trans.__('Answer'));
    case 'analysis':
      return text('code', trans.__('Code'));
    case 'decision':
      return (
        <>
          <SelectField
            label={trans.__('Choice')}
            value={String(response.choice ?? '')}
            choices={(prompt.options ?? []).map(one => [one.id, one.label] as const)}
            onDone={choice => onDone({ ...response, choice })}
          />
          {text('reason', trans.__('Reason'))}
        </>
      );
    case 'estimate':
      return (
        <>
          <TextField
            label={trans.__('Number')}
            number
            value={String(response.value ?? '')}
            onDone={value => onDone({ ...response, value: numberOf(value) ?? 0 })}
          />
          {'reason' in response && text('reason', trans.__('Reason'), 2)}
        </>
      );
    case 'confidence':
      return (
        <SelectField
          label={trans.__('Level')}
          value={String(response.level ?? '')}
          choices={(prompt.scale ?? []).map((label, n) => [String(n + 1), label] as const)}
          onDone={level => onDone({ ...response, level: Number(level) })}
        />
      );
    case 'self_assessment':
    case 'plan': {
      const name = prompt.kind === 'plan' ? 'fields' : 'levels';
      const values = (response[name] ?? {}) as Record<string, unknown>;
      const put = (id: string, value: unknown): void => onDone({ ...response, [name]: { ...values, [id]: value } });
      return (
        <>
          {((prompt.kind === 'plan' ? prompt.fields : prompt.items) ?? []).map(one =>
            prompt.kind === 'plan' ? (
              <TextField
                key={one.id}
                label={one.label}
                lines={2}
                value={String(values[one.id] ?? '')}
                onDone={value => put(one.id, value)}
              />
            ) : (
              <SelectField
                key={one.id}
                label={one.label}
                value={String(values[one.id] ?? '')}
                choices={(prompt.scale ?? []).map((label, n) => [String(n + 1), label] as const)}
                onDone={level => put(one.id, Number(level))}
              />
            )
          )}
        </>
      );
    }
  }
}
