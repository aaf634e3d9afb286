/** Which cells of a notebook belong to a prompt, and what a learner has written there. */
import type { PromptKind } from '../api/shapes';
import { record, text } from './answers';

/** What a release leaves in the place of an answer; coursekit.policy.cells has the same. */
const STUBS = new Set(['YOUR ANSWER HERE', 'Write your answer here.', '# YOUR CODE HERE\nraise NotImplementedError()']);
const CODE_STUB = 'raise NotImplementedError()';
const STATUS = /^\s*(?:\w+\.)?(?:reflection|analysis)_status\(\s*["']([^"']+)["']/m;

/** The prompts that a cell says it answers: by nbgrader's name first, which is what grading goes by. */
export function promptIds(metadata: unknown): string[] {
  const { nbgrader, coursekit } = record(metadata);
  return [text(record(nbgrader).grade_id), text(record(record(coursekit).prompt).id)].filter(Boolean);
}

/** The prompt whose standing a line of code would show; null for any other cell. */
export function statusOf(type: string, source: string): string | null {
  return type === 'code' ? (STATUS.exec(source)?.[1] ?? null) : null;
}

/** Whether nobody has answered: what the release left there, or nothing. */
export function isStub(source: string, kind: PromptKind): boolean {
  const bare = source.trim();
  if (kind === 'analysis' && bare.includes(CODE_STUB)) {
    return true;
  }
  return !bare || STUBS.has(bare) || STUBS.has(bare.replace(/^[*_ \n]+|[*_ \n]+$/g, ''));
}

/** Written in the notebook itself, not in a form. */
export function isInNotebook(kind: PromptKind): boolean {
  return kind === 'reflection' || kind === 'analysis';
}

/** Names by which a cell is known to grading or to us; a pasted copy must not keep them. */
export function ownNames(metadata: unknown): string[] {
  const { coursekit } = record(metadata);
  const ours = record(coursekit);
  const more = ours.reveal || ours.faculty ? ['coursekit'] : [];
  return [...new Set([...promptIds(metadata), ...more])];
}
