/** The fields of a form: each with its label, and its words counted. */
import * as React from 'react';

import { authors } from '../logic/authors';
import type { ITrans } from '../logic/trans';
import { countWords, sayCount, sayCrossing } from '../logic/words';

interface IWordCountProps {
  text: string;
  floor: number;
  most?: number | null;
  trans: ITrans;
  id?: string;
}

/** How many words there are. Seen at every key; said aloud only when the number that is asked for is crossed. */
export function WordCount({ text, floor, most = null, trans, id }: IWordCountProps): React.JSX.Element {
  const count = React.useMemo(() => countWords(text), [text]);
  const before = React.useRef(count);
  const [said, say] = React.useState('');
  React.useEffect(() => {
    const crossing = sayCrossing(before.current, count, floor, trans);
    before.current = count;
    if (crossing !== null) {
      say(crossing);
    }
  }, [count, floor]);
  const enough = floor > 0 && count >= floor;
  return (
    <>
      <p id={id} className={enough ? 'ck-quiet ck-count ck-enough' : 'ck-quiet ck-count'}>
        {sayCount(count, floor, most, trans)}
      </p>
      <span className="ck-unseen" role="status">
        {said}
      </span>
    </>
  );
}

interface IAreaProps {
  label: string;
  value: string;
  onChange(value: string): void;
  floor: number;
  most?: number | null;
  rows?: number;
  trans: ITrans;
}

/** A text of some length. It grows with what is written. */
export function Area({ label, value, onChange, floor, most, rows = 4, trans }: IAreaProps): React.JSX.Element {
  const id = React.useId();
  const field = React.useRef<HTMLTextAreaElement>(null);
  useGrowth(field, value);
  return (
    <div className="ck-field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        ref={field}
        dir="auto"
        rows={rows}
        value={value}
        aria-describedby={`${id}-count`}
        onChange={event => onChange(event.target.value)}
      />
      <WordCount id={`${id}-count`} text={value} floor={floor} most={most} trans={trans} />
    </div>
  );
}

/** Code: letter by letter as it is typed, and Tab goes on to the next field as everywhere else. */
export function CodeArea({
  label,
  value,
  onChange
}: {
  label: string;
  value: string;
  onChange(value: string): void;
}): React.JSX.Element {
  const id = React.useId();
  const field = React.useRef<HTMLTextAreaElement>(null);
  useGrowth(field, value);
  return (
    <div className="ck-field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        ref={field}
        className="ck-code"
        dir="ltr"
        rows={6}
        value={value}
        spellCheck={false}
        autoCapitalize="off"
        autoCorrect="off"
        autoComplete="off"
        onChange={event => onChange(event.target.value)}
      />
    </div>
  );
}

function useGrowth(field: React.RefObject<HTMLTextAreaElement>, value: string): void {
  React.useLayoutEffect(() => {
    const node = field.current;
    // Never smaller: a page that moves under the words is hard to write in.
    if (node && node.scrollHeight > node.clientHeight) {
      node.style.height = `${node.scrollHeight + node.offsetHeight - node.clientHeight}px`;
    }
  }, [value]);
}

interface IChoiceGroupProps<T> {
  label: string;
  options: readonly (readonly [string, T])[];
  value: T | null;
  onChange(value: T): void;
  /** Side by side where there is room. */
  scale?: boolean;
}

/** One of a few. Nothing is chosen beforehand: that would be an anchor. */
export function ChoiceGroup<T extends string | number>(props: IChoiceGroupProps<T>): React.JSX.Element {
  const name = React.useId();
  return (
    <fieldset className={props.scale ? 'ck-choices ck-scale' : 'ck-choices'}>
      <legend dir="auto">{props.label}</legend>
      <div>
        {props.options.map(([label, value]) => (
          <label key={value} {...authors()}>
            <input
              type="radio"
              name={name}
              value={value}
              checked={props.value === value}
              onChange={() => props.onChange(value)}
            />
            <span>{label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface INumberFieldProps {
  label: string;
  value: string;
  onChange(value: string): void;
  /** What is asked for, or how it was read. */
  hint: string;
}

/** A number, as text: a number field starts with a number, and knows only one country's separators. */
export function NumberField({ label, value, onChange, hint }: INumberFieldProps): React.JSX.Element {
  const id = React.useId();
  return (
    <div className="ck-field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="text"
        inputMode="decimal"
        autoComplete="off"
        dir="ltr"
        value={value}
        aria-describedby={`${id}-hint`}
        onChange={event => onChange(event.target.value)}
      />
      <p id={`${id}-hint`} className="ck-quiet" role="status">
        {hint}
      </p>
    </div>
  );
}
