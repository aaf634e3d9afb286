/** What each cell of a module is to somebody who reads it. */
import type { PromptKind } from '../api/shapes';
import { record } from './answers';
import { isInNotebook, promptIds, statusOf } from './promptCells';

export interface IReadCell {
  id: string;
  type: string;
  source: string;
  metadata: unknown;
}

export type Role =
  /** A form: its code is put away, and the prompt stands in its place. */
  | { role: 'form'; prompt: string }
  /** Where prose or code is written; how it stands is shown below. */
  | { role: 'answer'; prompt: string; kind: PromptKind }
  /** A line of code that only shows a standing. */
  | { role: 'status' }
  /** Code of the author's: put away, and run by itself. */
  | { role: 'machinery' }
  /** Code of an example that learners read, and run by itself. */
  | { role: 'example' }
  | { role: 'text' }
  /** What the learner added. */
  | { role: 'own' };

/** By cell id. `kinds`: of the prompts that are known. A second cell for the same prompt is a copy, and the learner's own. */
export function rolesOf(cells: readonly IReadCell[], kinds: ReadonlyMap<string, PromptKind>): Map<string, Role> {
  const roles = new Map<string, Role>();
  const seen = new Set<string>();
  for (const cell of cells) {
    const prompt = promptIds(cell.metadata).find(id => kinds.has(id) && !seen.has(id));
    if (prompt !== undefined) {
      seen.add(prompt);
      const kind = kinds.get(prompt)!;
      roles.set(cell.id, isInNotebook(kind) ? { role: 'answer', prompt, kind } : { role: 'form', prompt });
    } else {
      roles.set(cell.id, other(cell));
    }
  }
  return roles;
}

/** papermill's names: what an author may set, and what was set in the build. */
const PARAMETERS = new Set<unknown>(['parameters', 'injected-parameters']);

function other(cell: IReadCell): Role {
  if (cell.type !== 'code') {
    return { role: 'text' };
  }
  if (statusOf(cell.type, cell.source) !== null) {
    return { role: 'status' };
  }
  const { nbgrader, tags } = record(cell.metadata);
  const grader = record(nbgrader);
  if (grader.locked === true || (Array.isArray(tags) && tags.some(tag => PARAMETERS.has(tag)))) {
    // Tests are no machinery: a learner who writes code runs them to see how it stands.
    return /^[\w-]+-example$/.test(String(grader.grade_id)) || grader.grade === true
      ? { role: 'example' }
      : { role: 'machinery' };
  }
  return { role: 'own' };
}

/** Whether it runs by itself when the module is opened: the author's code, and never a test. */
export function runsByItself(role: Role, metadata: unknown): boolean {
  const graded = record(record(metadata).nbgrader).grade === true;
  return !graded && (role.role === 'machinery' || role.role === 'example');
}
