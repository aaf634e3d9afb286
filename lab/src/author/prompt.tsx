/** The fields of one prompt. */
import * as React from 'react';

import { choicesOf, OWN_FIELDS, type IChoiceField, type IPromptFields } from '../logic/authoring';
import type { ITrans } from '../logic/trans';
import { CheckField, numberOf, RowsField, SelectField, TextField } from './fields';
import type { AuthorModel } from './model';

interface IProps {
  cellId: string;
  fields: IPromptFields;
  model: AuthorModel;
  trans: ITrans;
}

export function PromptForm({ cellId, fields, model, trans }: IProps): React.JSX.Element {
  const set = (change: Partial<IPromptFields>): void => model.setFields(cellId, { ...fields, ...change });
  const has = (name: string): boolean => OWN_FIELDS[fields.kind].includes(name);
  const number = (name: string, label: string): React.JSX.Element | false =>
    has(name) && (
      <TextField
        label={label}
        number
        value={String(fields[name] ?? '')}
        onDone={text => set({ [name]: numberOf(text) })}
      />
    );
  const choices = (name: 'options' | 'items' | 'fields', label: string): React.JSX.Element | false => {
    const before: IChoiceField[] = fields[name] ?? [];
    return (
      has(name) &&
      // Confidence about several things is rare, and its items may be left out.
      (fields.kind !== 'confidence' || before.length > 0) && (
        <RowsField
          label={label}
          values={before.map(one => one.label)}
          trans={trans}
          onDone={(labels, removed) =>
            set({
              [name]: choicesOf(
                labels,
                before.filter((_, n) => n !== removed)
              )
            })
          }
        />
      )
    );
  };
  const inCell = fields.kind === 'reflection' || fields.kind === 'analysis';
  const competencies = fields.competencies ?? [];
  return (
    <div className="ck-author-form">
      <TextField label={trans.__('Title')} sentence value={fields.title} onDone={title => set({ title })} />
      <TextField
        label={inCell ? trans.__('Question (left out: the text above it)') : trans.__('Question')}
        value={fields.question ?? ''}
        lines={3}
        onDone={question => set({ question })}
      />
      <TextField
        label={trans.__('Minutes')}
        number
        value={String(fields.minutes ?? '')}
        onDone={text => set({ minutes: numberOf(text) })}
      />
      <CheckField
        label={trans.__('Required')}
        value={fields.required ?? fields.kind !== 'analysis'}
        onDone={required => set({ required: required === (fields.kind !== 'analysis') ? undefined : required })}
      />
      {has('rubric') && (
        <SelectField
          label={trans.__('Rubric')}
          value={fields.rubric ?? ''}
          choices={[['', trans.__('None')], ...(model.info?.rubrics ?? []).map(one => [one.name, one.name] as const)]}
          onDone={rubric => set({ rubric })}
        />
      )}
      {number('min_words', trans.__('Fewest words'))}
      {number('max_words', trans.__('About so many words at most'))}
      {has('unit') && <TextField label={trans.__('Unit')} value={fields.unit ?? ''} onDone={unit => set({ unit })} />}
      {number('min', trans.__('Smallest number'))}
      {number('max', trans.__('Largest number'))}
      {number('step', trans.__('Step'))}
      {choices('options', trans.__('Options'))}
      {choices('items', trans.__('What is rated'))}
      {choices('fields', trans.__('Parts of the plan'))}
      {has('scale') && (
        <RowsField
          label={trans.__('Scale, from low to high')}
          values={fields.scale ?? []}
          trans={trans}
          onDone={scale => set({ scale })}
        />
      )}
      {!!model.info?.competencies.length && (
        <fieldset className="ck-author-rows">
          <legend>{trans.__('Competencies')}</legend>
          {model.info.competencies.map(one => (
            <CheckField
              key={one.id}
              label={one.title}
              value={competencies.includes(one.id)}
              onDone={on =>
                set({ competencies: on ? [...competencies, one.id] : competencies.filter(id => id !== one.id) })
              }
            />
          ))}
        </fieldset>
      )}
      <p className="ck-quiet">{trans.__('Its id is %1.', fields.id)}</p>
    </div>
  );
}
