/** A module as one page: what of its notebook is shown there, in the notebook's order. */
import type { Bundle } from '../api/shapes';
import { record, text } from './answers';
import { promptIds, statusOf } from './promptCells';
import type { ITrans } from './trans';

export interface IPageCell {
  id: string;
  type: string;
  source: string;
  metadata: unknown;
  /** As nbformat has them; of code only. */
  outputs: readonly unknown[];
}

export type PageItem =
  | { kind: 'text'; id: string; markdown: string }
  | { kind: 'prompt'; id: string; prompt: string }
  | { kind: 'exhibit'; id: string; displays: Bundle[] };

/**
 * `asked`: the prompts that are known. A cell that stands for one that is not known is shown for what it is. A second
 * cell for the same prompt is a copy: the answer is in the first.
 */
export function pageItems(cells: readonly IPageCell[], asked: ReadonlySet<string>, trans: ITrans): PageItem[] {
  const seen = new Set<string>();
  const items: PageItem[] = [];
  for (const cell of cells) {
    const prompt = promptIds(cell.metadata).find(id => asked.has(id));
    if (prompt !== undefined) {
      if (!seen.has(prompt)) {
        seen.add(prompt);
        items.push({ kind: 'prompt', id: cell.id, prompt });
      }
    } else if (cell.type === 'markdown' && cell.source.trim()) {
      items.push({ kind: 'text', id: cell.id, markdown: cell.source });
    } else if (cell.type === 'code' && statusOf(cell.type, cell.source) === null) {
      const displays = cell.outputs.map(output => displayOf(output, trans)).filter((d): d is Bundle => d !== null);
      if (displays.length) {
        items.push({ kind: 'exhibit', id: cell.id, displays });
      }
    }
  }
  return items;
}

const PICTURE = /^image\//;

function displayOf(output: unknown, trans: ITrans): Bundle | null {
  const { output_type: type, data, text: stream } = record(output);
  if (type === 'stream') {
    const said = joined(stream);
    return said.trim() ? { 'text/plain': said } : null;
  }
  if (type !== 'display_data' && type !== 'execute_result') {
    // An error says nothing to somebody who reads a case.
    return null;
  }
  const bundle: Bundle = {};
  for (const [mime, content] of Object.entries(record(data))) {
    // A widget has no kernel here.
    if (mime !== 'application/vnd.jupyter.widget-view+json') {
      bundle[mime] = Array.isArray(content) ? joined(content) : content;
    }
  }
  // “<Figure size 640x480 with 1 Axes>” is no description.
  if (Object.keys(bundle).some(mime => PICTURE.test(mime)) && /^(<.*>)?$/s.test(text(bundle['text/plain']).trim())) {
    bundle['text/plain'] = trans.__('A chart, without a description.');
  }
  return Object.keys(bundle).length ? bundle : null;
}

function joined(value: unknown): string {
  return Array.isArray(value) ? value.join('') : text(value);
}
