/** Prompts for tests. */
import type { IPrompt } from '../src/api/shapes';

export function prompt(changes: Partial<IPrompt>): IPrompt {
  return {
    id: 'p1',
    kind: 'reflection',
    title: 'The lamp',
    question: '',
    minutes: 5,
    required: true,
    min_words: 0,
    max_words: null,
    options: [],
    items: [],
    fields: [],
    scale: [],
    unit: '',
    min: null,
    max: null,
    step: null,
    response: null,
    words: 0,
    refusal: null,
    sealed: null,
    receipt: null,
    revised: false,
    revisions: [],
    reveal: null,
    rubric: null,
    ...changes
  };
}
