/** The inside of a prompt: for each kind the fields, and the answer that they come to. */
import * as React from 'react';

import type { IPromptDefinition, Response } from '../api/shapes';
import { isEcho, record, sameAnswer, text } from '../logic/answers';
import type { ITrans } from '../logic/trans';
import { Area, ChoiceGroup, CodeArea, NumberField } from './fields';

export interface IPromptFormProps {
  prompt: IPromptDefinition;
  trans: ITrans;
  value: Response;
  onChange(value: Response): void;
  /** How a number was read. */
  heard?: string;
  disabled?: boolean;
}

export function PromptForm(props: IPromptFormProps): React.JSX.Element {
  const [answer, change] = useDraft(props.value, props.onChange);
  const inside = { ...props, answer, change };
  return (
    <fieldset className="ck-form" disabled={props.disabled} aria-label={props.prompt.title}>
      {fieldsOf(inside)}
    </fieldset>
  );
}

interface IInside extends IPromptFormProps {
  answer: Response;
  change(part: Response): void;
}

function fieldsOf(inside: IInside): React.ReactNode {
  const { prompt, trans, answer, change } = inside;
  switch (prompt.kind) {
    case 'reflection':
      return (
        <Area
          label={trans.__('Your answer')}
          value={text(answer.text)}
          onChange={value => change({ text: value })}
          floor={prompt.min_words}
          most={prompt.max_words}
          rows={8}
          trans={trans}
        />
      );
    case 'analysis':
      return <CodeArea label={trans.__('Your code')} value={text(answer.code)} onChange={code => change({ code })} />;
    case 'decision':
      return (
        <>
          <ChoiceGroup
            label={trans.__('Your choice')}
            options={prompt.options.map(o => [o.label, o.id] as const)}
            value={text(answer.choice)}
            onChange={choice => change({ choice })}
          />
          <Area
            label={trans.__('Your reason')}
            value={text(answer.reason)}
            onChange={reason => change({ reason })}
            floor={prompt.min_words}
            most={prompt.max_words}
            trans={trans}
          />
        </>
      );
    case 'estimate':
      return <Estimate {...inside} />;
    case 'confidence':
      return (
        <ChoiceGroup
          label={trans.__('Your answer')}
          options={scaleOf(prompt)}
          value={levelIn(answer.level)}
          onChange={level => change({ level })}
        />
      );
    case 'self_assessment':
      return prompt.items.map(item => (
        <ChoiceGroup
          key={item.id}
          label={item.label}
          options={scaleOf(prompt)}
          value={levelIn(record(answer.levels)[item.id])}
          onChange={level => change({ levels: { ...record(answer.levels), [item.id]: level } })}
          scale
        />
      ));
    case 'plan':
      return prompt.fields.map(wanted => (
        <Area
          key={wanted.id}
          label={wanted.label}
          value={text(record(answer.fields)[wanted.id])}
          onChange={value => change({ fields: { ...record(answer.fields), [wanted.id]: value } })}
          floor={wanted.min_words ?? 0}
          rows={3}
          trans={trans}
        />
      ));
  }
}

function Estimate({ prompt, trans, answer, change, heard }: IInside): React.JSX.Element {
  const typed = typeof answer.value === 'number' ? String(answer.value) : text(answer.value);
  const wanted = range(prompt, trans);
  const hint = !typed.trim()
    ? wanted
    : heard
      ? trans.__('Read as %1.', prompt.unit ? `${heard} ${prompt.unit}` : heard)
      : heard === ''
        ? `${trans.__('This is not a number yet.')} ${wanted}`
        : wanted;
  return (
    <>
      <NumberField
        label={prompt.unit ? trans.__('Your estimate (%1)', prompt.unit) : trans.__('Your estimate')}
        value={typed}
        onChange={value => change({ value })}
        hint={hint}
      />
      <Area
        label={trans.__('Your reason, in a sentence')}
        value={text(answer.reason)}
        onChange={reason => change({ reason })}
        floor={0}
        rows={2}
        trans={trans}
      />
    </>
  );
}

function range(prompt: IPromptDefinition, trans: ITrans): string {
  const say = (bound: number): string => String(bound).replace('-', '−');
  if (prompt.min !== null && prompt.max !== null) {
    return trans.__('A number from %1 to %2.', say(prompt.min), say(prompt.max));
  }
  if (prompt.min !== null) {
    return trans.__('A number, %1 or more.', say(prompt.min));
  }
  return prompt.max !== null ? trans.__('A number, %1 or less.', say(prompt.max)) : trans.__('A number.');
}

function scaleOf(prompt: IPromptDefinition): [string, number][] {
  return prompt.scale.map((label, n) => [label, n + 1]);
}

function levelIn(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

/**
 * The answer as it stands in the fields. What comes from outside is taken over unless it is what was sent, perhaps on
 * a longer way than the next key: otherwise letters would be lost and the cursor would jump.
 */
function useDraft(value: Response, onChange: (value: Response) => void): [Response, (part: Response) => void] {
  const [draft, setDraft] = React.useState(value);
  const now = React.useRef(draft);
  const sent = React.useRef<Response[]>([]);
  React.useEffect(() => {
    const known = sent.current.findIndex(one => sameAnswer(one, value) || isEcho(one, value));
    if (known >= 0) {
      // What was sent before it will not come any more; the newest may come again.
      sent.current.splice(0, known);
    } else if (!sameAnswer(now.current, value)) {
      sent.current = [];
      now.current = value;
      setDraft(value);
    }
  }, [value]);
  const change = (part: Response): void => {
    const next = { ...now.current, ...part };
    now.current = next;
    sent.current = [...sent.current.slice(-SENT_KEPT), next];
    setDraft(next);
    onChange(next);
  };
  return [draft, change];
}

const SENT_KEPT = 200;
