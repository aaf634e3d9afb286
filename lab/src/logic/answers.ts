/** Answers: the parts of one with their labels, as coursekit.policy.words has them, and which two are the same. */
import type { IChoice, IPromptDefinition, Response } from '../api/shapes';
import type { ITrans } from './trans';

export interface IAnswerRow {
  label: string;
  value: string;
}

type Definition = Pick<IPromptDefinition, 'kind' | 'options' | 'items' | 'fields' | 'scale' | 'unit'>;

/** What was answered, each part with its label; parts not answered are left out. */
export function answerRows(prompt: Definition, response: Response | null, trans: ITrans): IAnswerRow[] {
  if (response === null) {
    return [];
  }
  return rowsOf(prompt, response, trans)
    .filter((row): row is [string, string] => typeof row[1] === 'string' && row[1].trim() !== '')
    .map(([label, value]) => ({ label, value }));
}

function rowsOf(prompt: Definition, response: Response, trans: ITrans): [string, unknown][] {
  switch (prompt.kind) {
    case 'reflection':
      return [[trans.__('Your answer'), response.text]];
    case 'analysis':
      return [[trans.__('Your code'), response.code]];
    case 'decision':
      return [
        [trans.__('Your choice'), prompt.options.find(o => o.id === response.choice)?.label],
        [trans.__('Your reason'), response.reason]
      ];
    case 'estimate':
      return [
        [trans.__('Your estimate'), sayNumber(response.value, prompt.unit)],
        [trans.__('Your reason'), response.reason]
      ];
    case 'confidence':
      return [[trans.__('Your answer'), sayLevel(prompt.scale, response.level, trans)]];
    case 'self_assessment':
      return prompt.items.map(item => [item.label, sayLevel(prompt.scale, part(response.levels, item), trans)]);
    case 'plan':
      return prompt.fields.map(wanted => [wanted.label, part(response.fields, wanted)]);
  }
}

function sayNumber(value: unknown, unit: string): string | null {
  // Without separators: they mean one thing here, another there.
  return typeof value === 'number' || typeof value === 'string' ? `${value} ${unit}`.trim() : null;
}

function sayLevel(scale: string[], level: unknown, trans: ITrans): string | null {
  if (typeof level !== 'number' || !Number.isInteger(level) || level < 1 || level > scale.length) {
    return null;
  }
  return trans.__('%1 (%2 of %3)', scale[level - 1], level, scale.length);
}

function part(parts: unknown, wanted: IChoice): unknown {
  return record(parts)[wanted.id];
}

/** An object's parts; none where it is something else. */
export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Whether two answers say the same; the order of their parts says nothing, nor does a part that is empty. */
export function sameAnswer(one: Response | null, other: Response | null): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) {
      return inner;
    }
    const entries = Object.entries(inner).filter(([, v]) => v !== null && v !== undefined && v !== '');
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/**
 * Whether the answer that comes from outside is only what was sent, as the server has read it: a typed “8,451” comes
 * back as a number, and must not take the place of what stands in the field.
 */
export function isEcho(sent: Response, come: Response): boolean {
  const { value: typed, ...others } = sent;
  const { value: understood, ...same } = come;
  if (!sameAnswer(others, same)) {
    return false;
  }
  if (typeof typed !== 'string' || typeof understood === 'string') {
    return typed === understood;
  }
  // Another number than the one that was typed comes from another tab.
  return (
    understood === null || understood === undefined || /e/i.test(typed) || digits(typed).startsWith(digits(understood))
  );
}

function digits(value: unknown): string {
  return String(value).replace(/\D/g, '').replace(/^0+/, '');
}

const EMPTY: Record<string, true> = { '{}': true, null: true, undefined: true };

/** Whether nothing has been written or chosen yet. */
export function isEmpty(response: Response | null): boolean {
  return Boolean(EMPTY[canonical(response)]) || Object.values(response ?? {}).every(value => isNothing(value));
}

function isNothing(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) {
    return Object.values(value).every(isNothing);
  }
  return value === null || value === undefined || (typeof value === 'string' && value.trim() === '');
}
