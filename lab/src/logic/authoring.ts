/**
 * What a master's cells are, and what they become when an author says so: the metadata of docs/module-format.md,
 * nbgrader's part with it. Cells come in as nbformat JSON and go out as nbformat JSON.
 */

export type Kind = 'reflection' | 'decision' | 'estimate' | 'confidence' | 'self_assessment' | 'plan' | 'analysis';
export const KINDS: readonly Kind[] = [
  'reflection',
  'decision',
  'estimate',
  'confidence',
  'self_assessment',
  'plan',
  'analysis'
];

/** `exhibit`: code that learners run and cannot change. */
export type Mark = 'text' | 'prompt' | 'reveal' | 'faculty' | 'exhibit';

export interface IChoiceField {
  id: string;
  label: string;
  min_words?: number;
}

export interface IPromptFields {
  id: string;
  kind: Kind;
  title: string;
  question?: string;
  minutes?: number;
  required?: boolean;
  competencies?: string[];
  rubric?: string;
  min_words?: number;
  max_words?: number;
  options?: IChoiceField[];
  items?: IChoiceField[];
  fields?: IChoiceField[];
  scale?: string[];
  unit?: string;
  min?: number;
  max?: number;
  step?: number;
  [other: string]: unknown;
}

/** What a master says of a reveal. */
export interface IRevealFields {
  after: string;
  /** After an estimate: the number that it tells. */
  answer?: number;
  [other: string]: unknown;
}

export interface ICell {
  cell_type: string;
  id: string;
  metadata: Record<string, any>;
  source: string;
  outputs?: unknown[];
  execution_count?: number | null;
}

/** Cells in the place of one: what stands before it, itself, and what stands after it. */
export interface IMarked {
  cells: ICell[];
  /** The one that was marked, among them. */
  at: number;
  /** Ids of cells elsewhere that are no longer needed, such as a status cell. */
  gone: string[];
}

/** Which fields each kind has beside those that all have. */
export const OWN_FIELDS: Record<Kind, readonly string[]> = {
  reflection: ['rubric', 'min_words', 'max_words'],
  decision: ['options', 'min_words'],
  estimate: ['unit', 'min', 'max', 'step'],
  confidence: ['items', 'scale'],
  self_assessment: ['items', 'scale'],
  plan: ['rubric', 'fields'],
  analysis: []
};
const COMMON = ['id', 'kind', 'title', 'question', 'minutes', 'required', 'competencies'];
const inCell = (kind: Kind): boolean => kind === 'reflection' || kind === 'analysis';

export function markOf(cell: ICell): Mark {
  const ours = cell.metadata.coursekit ?? {};
  if (ours.prompt) {
    return 'prompt';
  }
  if (ours.reveal) {
    return 'reveal';
  }
  if (ours.faculty) {
    return 'faculty';
  }
  return cell.cell_type === 'code' && cell.metadata.nbgrader?.locked && !cell.metadata.nbgrader.grade
    ? 'exhibit'
    : 'text';
}

export function promptOf(cell: ICell): IPromptFields | null {
  return cell.metadata.coursekit?.prompt ?? null;
}

export function revealOf(cell: ICell): IRevealFields | null {
  return cell.metadata.coursekit?.reveal ?? null;
}

/** The number that another cell tells after that prompt, if one does. */
export function answerElsewhere(cells: readonly ICell[], index: number, after: string): number | null {
  const told = cells.map((cell, n) => (n === index ? null : revealOf(cell)));
  return told.find(one => one?.after === after && typeof one.answer === 'number')?.answer ?? null;
}

export function promptsOf(cells: readonly ICell[]): IPromptFields[] {
  return cells.map(promptOf).filter((one): one is IPromptFields => one !== null);
}

/** p1, p2 …: the first that neither a prompt nor nbgrader has. */
export function freePrompt(cells: readonly ICell[]): string {
  const taken = names(cells);
  for (let n = 1; ; n++) {
    if (!taken.has(`p${n}`)) {
      return `p${n}`;
    }
  }
}

/** `wanted`, or with a number behind it. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) {
    return wanted;
  }
  for (let n = 2; ; n++) {
    if (!taken.has(`${wanted}-${n}`)) {
      return `${wanted}-${n}`;
    }
  }
}

/** A label as an id: lower-case letters, digits and hyphens. */
export function slug(label: string, otherwise: string): string {
  const found = label
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 30)
    .replace(/-+$/, '');
  return found || otherwise;
}

/** The choices with these labels; whoever has an id already keeps it. */
export function choicesOf(labels: readonly string[], before: readonly IChoiceField[]): IChoiceField[] {
  const taken = new Set(before.map(one => one.id));
  return labels.map((label, n) => {
    const old = before[n];
    if (old) {
      return { ...old, label };
    }
    const id = freeName(slug(label, `choice-${n + 1}`), taken);
    taken.add(id);
    return { id, label };
  });
}

export function asText(cell: ICell): ICell {
  return { ...cell, metadata: bare(cell.metadata) };
}

export function asFaculty(cell: ICell): ICell {
  return { ...cell, metadata: { ...bare(cell.metadata), coursekit: { faculty: true } } };
}

/** `answer`: of a reveal after an estimate; undefined says none. */
export function asReveal(cell: ICell, after: string, answer?: number): ICell {
  const { answer: old, ...before } = revealOf(cell) ?? {};
  const reveal = { ...before, after, ...(answer === undefined ? {} : { answer }) };
  return { ...cell, metadata: { ...bare(cell.metadata), coursekit: { reveal } } };
}

/** Code keeps its outputs where it stands, and nbgrader keeps learners' hands off it. Prose needs no mark for that. */
export function asExhibit(cell: ICell, cells: readonly ICell[]): ICell {
  const metadata = bare(cell.metadata);
  if (cell.cell_type === 'code') {
    const taken = names(cells.filter(one => one.id !== cell.id));
    metadata.nbgrader = nbgrader(freeName(slug(cell.id, 'exhibit'), taken), { locked: true });
  }
  return { ...cell, metadata };
}

/** `points`: of the rubric that the prompt names, if it names one. */
export function asPrompt(cell: ICell, fields: IPromptFields, points: number | null): ICell {
  const { id, kind } = fields;
  const metadata: Record<string, any> = { ...bare(cell.metadata), coursekit: { prompt: tidy(fields) } };
  if (kind === 'reflection') {
    const worth = points ?? cell.metadata.nbgrader?.points ?? 0;
    metadata.nbgrader = nbgrader(id, { grade: true, solution: true, points: worth });
    return typed('markdown', { ...cell, metadata });
  }
  metadata.nbgrader = nbgrader(id, kind === 'analysis' ? { solution: true } : { locked: true });
  const source = kind === 'analysis' ? cell.source : `ck.${kind}("${id}")`;
  return typed('code', { ...cell, metadata, source });
}

/** A cell becomes a prompt of that kind, with what belongs to it: its status below it, and the set-up above. */
export function markAsPrompt(cells: readonly ICell[], index: number, kind: Kind, points: number | null): IMarked {
  const cell = cells[index];
  const old = promptOf(cell);
  const before: Partial<IPromptFields> = old ?? {};
  const id = old?.id ?? freePrompt(cells);
  const [title, question] = old ? [old.title, old.question ?? ''] : said(cell);
  const kept = Object.entries(before).filter(([key]) => COMMON.includes(key) || OWN_FIELDS[kind].includes(key));
  const fields: IPromptFields = {
    ...DEFAULTS[kind],
    ...Object.fromEntries(kept),
    id,
    kind,
    title: title || id
  };
  if (!inCell(kind) && !fields.question) {
    fields.question = question || title;
  }
  // What was asked in the cell itself stays asked, above the answer.
  const asked = inCell(kind) && !old && cell.cell_type === 'markdown' && cell.source.trim();
  let marked = asPrompt(asked || (old && !inCell(old.kind)) ? { ...cell, source: '' } : cell, fields, points);
  const taken = new Set(cells.map(one => one.id));
  const above: ICell[] = [];
  if (asked) {
    above.push(markdown(freeName(`${id}-question`, taken), cell.source));
    marked = { ...marked, source: '' };
  }
  const gone = cells.filter(one => isStatus(one, id)).map(one => one.id);
  gone.forEach(one => taken.delete(one));
  const below: ICell[] = [];
  if (inCell(kind)) {
    const name = freeName(`${id}-status`, taken);
    const grades = names(cells.filter(one => !gone.includes(one.id)));
    below.push(locked(name, freeName(`${id}-status`, grades), `ck.${kind}_status("${id}")`));
  }
  if (!cells.some(one => one.cell_type === 'code' && SET_UP.test(one.source))) {
    const name = freeName('setup', taken);
    above.unshift(locked(name, freeName('setup', names(cells)), 'import coursekit.prompts as ck'));
  }
  return { cells: [...above, marked, ...below], at: above.length, gone };
}

/** Every other mark; a status cell of a prompt that is none any more goes with it. */
export function markAs(cells: readonly ICell[], index: number, mark: Exclude<Mark, 'prompt'>, after = ''): IMarked {
  const cell = cells[index];
  const old = promptOf(cell);
  const gone = old ? cells.filter(one => isStatus(one, old.id)).map(one => one.id) : [];
  // Its call is nothing without its prompt.
  const plain = old && !inCell(old.kind) ? { ...cell, source: '' } : cell;
  const marked = {
    text: () => asText(plain),
    faculty: () => asFaculty(plain),
    reveal: () => asReveal(plain, after, revealAnswer(cells, plain, after)),
    exhibit: () => asExhibit(plain, cells)
  }[mark]();
  return { cells: [marked], at: 0, gone };
}

/** An answer goes with its estimate: another prompt asked for something else. */
function revealAnswer(cells: readonly ICell[], cell: ICell, after: string): number | undefined {
  const old = revealOf(cell);
  return old?.after === after && isEstimate(cells, after) ? old.answer : undefined;
}

export function isEstimate(cells: readonly ICell[], prompt: string): boolean {
  return promptsOf(cells).some(one => one.id === prompt && one.kind === 'estimate');
}

/** Prompts that stand above a cell: those after which it may be revealed, the nearest first. */
export function promptsAbove(cells: readonly ICell[], index: number): IPromptFields[] {
  return promptsOf(cells.slice(0, index)).reverse();
}

const SET_UP = /^\s*import coursekit\.prompts as ck\b/m;
const DEFAULTS: Record<Kind, Partial<IPromptFields>> = {
  reflection: { minutes: 5 },
  decision: {
    minutes: 3,
    options: [
      { id: 'yes', label: 'Yes' },
      { id: 'no', label: 'No' }
    ]
  },
  estimate: { minutes: 1, min: 0, max: 100 },
  confidence: { minutes: 1, scale: ['not at all', 'a little', 'fairly', 'very'] },
  self_assessment: {
    minutes: 3,
    items: [{ id: 'first', label: 'First' }],
    scale: ['not at all', 'a little', 'fairly', 'very']
  },
  plan: { minutes: 5, fields: [{ id: 'step', label: 'What first?', min_words: 5 }] },
  analysis: { minutes: 10, required: false }
};

function bare(metadata: Record<string, any>): Record<string, any> {
  const { coursekit, nbgrader: theirs, ...others } = metadata;
  return others;
}

/** nbgrader's metadata, with the fields that it writes itself. */
function nbgrader(name: string, flags: Record<string, unknown>): Record<string, unknown> {
  return { grade: false, grade_id: name, locked: false, schema_version: 3, solution: false, task: false, ...flags };
}

/** Empty fields are left out: then they are at their defaults. */
function tidy(fields: IPromptFields): Record<string, unknown> {
  const empty = (value: unknown): boolean =>
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([key, value]) => key === 'title' || !empty(value)));
}

function names(cells: readonly ICell[]): Set<string> {
  return new Set(
    cells.flatMap(cell => [promptOf(cell)?.id, cell.metadata.nbgrader?.grade_id]).filter((one): one is string => !!one)
  );
}

function isStatus(cell: ICell, prompt: string): boolean {
  return (
    cell.cell_type === 'code' &&
    [`ck.reflection_status("${prompt}")`, `ck.analysis_status("${prompt}")`].includes(cell.source.trim())
  );
}

/** A text's heading, without its number, and what stands below it. */
function said(cell: ICell): [string, string] {
  if (cell.cell_type !== 'markdown') {
    return ['', ''];
  }
  const [first, ...rest] = cell.source.trim().split('\n');
  const heading = /^#+\s*(?:\d+\s*[·.)]\s*)?(.*)$/.exec(first);
  return heading ? [heading[1].trim(), rest.join('\n').trim()] : ['', cell.source.trim()];
}

function markdown(id: string, source: string): ICell {
  return { cell_type: 'markdown', id, metadata: {}, source };
}

function locked(id: string, name: string, source: string): ICell {
  const metadata = { nbgrader: nbgrader(name, { locked: true }) };
  return { cell_type: 'code', id, metadata, source, outputs: [], execution_count: null };
}

function typed(kind: 'markdown' | 'code', cell: ICell): ICell {
  const { outputs, execution_count, ...others } = cell;
  return kind === 'markdown'
    ? { ...others, cell_type: kind }
    : { ...others, cell_type: kind, outputs: outputs ?? [], execution_count: execution_count ?? null };
}
