/** Small fields that the author panel's forms share: what is typed is taken when the field is left. */
import * as React from 'react';

import type { ITrans } from '../logic/trans';

export function TextField(props: {
  label: string;
  value: string;
  /** The label is heard, and not seen. */
  unseen?: boolean;
  /** At least so many, and more for what is long. */
  lines?: number;
  /** A sentence or two: as high as it needs, and Enter is no part of it. */
  sentence?: boolean;
  number?: boolean;
  onDone(value: string): void;
}): React.JSX.Element {
  const [typed, setTyped] = React.useState(props.value);
  // What stands in the notebook or the file has the last word, such as after an Undo.
  React.useEffect(() => setTyped(props.value), [props.value]);
  const shared = {
    value: typed,
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => setTyped(event.target.value),
    onBlur: () => typed !== props.value && props.onDone(typed)
  };
  return (
    <label className="ck-author-field">
      <span className={props.unseen ? 'ck-unseen' : ''}>{props.label}</span>
      {props.lines || props.sentence ? (
        <textarea
          className="ck-author-input"
          // For browsers that do not know `field-sizing`; the others take the height from the text.
          rows={Math.max(props.lines ?? 1, Math.min(12, linesOf(typed)))}
          style={{ minHeight: `${1.45 * (props.lines ?? 1) + 0.9}em` }}
          {...shared}
          onKeyDown={event => {
            if (props.sentence && event.key === 'Enter' && !event.nativeEvent.isComposing) {
              event.preventDefault();
              shared.onBlur();
            }
          }}
        />
      ) : (
        <input
          className="ck-author-input"
          type="text"
          inputMode={props.number ? 'decimal' : 'text'}
          {...shared}
          onKeyDown={event => event.key === 'Enter' && shared.onBlur()}
        />
      )}
    </label>
  );
}

export function CheckField(props: { label: string; value: boolean; onDone(value: boolean): void }): React.JSX.Element {
  return (
    <label className="ck-author-check">
      <input type="checkbox" checked={props.value} onChange={event => props.onDone(event.target.checked)} />
      {props.label}
    </label>
  );
}

export function SelectField(props: {
  label: string;
  value: string;
  choices: readonly (readonly [string, string])[];
  onDone(value: string): void;
}): React.JSX.Element {
  const known = props.choices.some(([value]) => value === props.value);
  return (
    <label className="ck-author-field">
      {props.label}
      <select className="ck-select" value={props.value} onChange={event => props.onDone(event.target.value)}>
        {!known && <option value={props.value}>{props.value}</option>}
        {props.choices.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

/** About so many lines in a panel of the usual width. */
function linesOf(text: string): number {
  return text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 34)), 0);
}

/** Some lines of text, one below the other. */
export function RowsField(props: {
  label: string;
  values: readonly string[];
  /** The number of the first, where numbers are seen. */
  from?: number;
  trans: ITrans;
  onDone(values: string[], removed: number | null): void;
}): React.JSX.Element {
  const { label, values, trans, onDone } = props;
  return (
    <fieldset className="ck-author-rows">
      <legend>{label}</legend>
      {values.map((value, n) => (
        <div key={n} className="ck-author-row">
          {props.from !== undefined && <span aria-hidden="true">{props.from + n}</span>}
          <TextField
            label={`${label}: ${n + (props.from ?? 1)}`}
            unseen
            sentence
            value={value}
            onDone={text =>
              onDone(
                values.map((old, m) => (m === n ? text : old)),
                null
              )
            }
          />
          <button
            type="button"
            className="ck-button"
            aria-label={trans.__('Remove “%1”', value)}
            onClick={() =>
              onDone(
                values.filter((_, m) => m !== n),
                n
              )
            }
          >
            ×
          </button>
        </div>
      ))}
      <button type="button" className="ck-link" onClick={() => onDone([...values, trans.__('New')], null)}>
        {trans.__('Add one')}
      </button>
    </fieldset>
  );
}

/** A number that was typed; undefined for none. */
export function numberOf(text: string): number | undefined {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() && Number.isFinite(value) ? value : undefined;
}
