/** The master that is open before its author: its cells, what check says of them, and what is done to them. */
import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import type { Cell } from '@jupyterlab/cells';
import type { ICell as INbCell } from '@jupyterlab/nbformat';
import { Signal, type ISignal } from '@lumino/signaling';

import type { Api } from '../api/client';
import { sayError } from '../api/say';
import {
  asPrompt,
  asReveal,
  markAs,
  markAsPrompt,
  markOf,
  promptOf,
  type ICell,
  type IMarked,
  type IPromptFields,
  type Kind,
  type Mark
} from '../logic/authoring';
import type { ITrans } from '../logic/trans';
import type {
  IAuthorChanges,
  IAuthorFinding,
  IAuthorModule,
  IAuthorPreview,
  IAuthorReleased,
  IAuthorSheet
} from './shapes';

/** Milliseconds after the last key at which the notebook is looked at. */
const QUIET = 400;
const MARKS = ['ck-finding-error', 'ck-finding-warning'];

export type SheetName = 'rubrics' | 'exemplars';

export class AuthorModel {
  constructor(
    private readonly api: Api,
    private readonly trans: ITrans
  ) {}

  panel: NotebookPanel | null = null;
  info: IAuthorModule | null = null;
  /** Null until they were asked for. */
  found: IAuthorFinding[] | null = null;
  /** Why there are no findings just now. */
  trouble = '';

  get changed(): ISignal<this, void> {
    return this.changed_;
  }

  get findings(): IAuthorFinding[] {
    return this.found ?? [];
  }

  /** Show that notebook; null when it is no master. */
  show(panel: NotebookPanel | null, info: IAuthorModule | null): void {
    if (panel === this.panel && info?.module === this.info?.module) {
      return;
    }
    if (this.panel && !this.panel.isDisposed) {
      Signal.disconnectReceiver(this);
      this.unmark(this.panel);
    }
    [this.panel, this.info, this.found, this.trouble] = [panel, info, null, ''];
    if (panel && info) {
      panel.content.activeCellChanged.connect(this.tell, this);
      panel.context.model.contentChanged.connect(this.later, this);
      panel.disposed.connect(() => this.panel === panel && this.show(null, null));
      this.later();
    }
    this.tell();
  }

  get cells(): ICell[] {
    const cells = this.panel?.context.model.sharedModel.cells ?? [];
    return cells.map(cell => {
      const json = cell.toJSON() as unknown as ICell & { source: string | string[] };
      return { ...json, source: typeof json.source === 'string' ? json.source : (json.source as string[]).join('') };
    });
  }

  get index(): number {
    return this.panel?.content.activeCellIndex ?? -1;
  }

  mark(mark: Exclude<Mark, 'prompt'>, after = ''): void {
    this.put(markAs(this.cells, this.index, mark, after));
  }

  markAsPrompt(kind: Kind): void {
    const rubric = promptOf(this.cells[this.index])?.rubric;
    this.put(markAsPrompt(this.cells, this.index, kind, this.pointsOf(rubric)));
  }

  /** The prompt of the active cell with other fields. */
  setFields(cellId: string, fields: IPromptFields): void {
    const cells = this.cells;
    const index = cells.findIndex(cell => cell.id === cellId);
    if (index >= 0) {
      this.put({ cells: [asPrompt(cells[index], fields, this.pointsOf(fields.rubric))], at: 0, gone: [] }, index);
    }
  }

  /** The number that the active cell, a reveal after an estimate, tells. */
  setAnswer(cellId: string, after: string, answer: number | undefined): void {
    const cells = this.cells;
    const index = cells.findIndex(cell => cell.id === cellId);
    if (index >= 0) {
      this.put({ cells: [asReveal(cells[index], after, answer)], at: 0, gone: [] }, index);
    }
  }

  /** Take the last change back, whoever made it: as the lab's own Undo. */
  undo(): void {
    if (this.panel) {
      NotebookActions.undo(this.panel.content);
    }
  }

  goTo(finding: IAuthorFinding): void {
    const notebook = this.panel?.content;
    const index = notebook?.widgets.findIndex(cell => cell.model.id === finding.cell_id) ?? -1;
    if (notebook && index >= 0) {
      notebook.deselectAll();
      notebook.activeCellIndex = index;
      void notebook.scrollToItem(index, 'center').then(() => notebook.activate());
    }
  }

  sheet(name: SheetName): Promise<IAuthorSheet> {
    return this.api.call('GET', `author/sheets/${name}?path=${encodeURIComponent(this.path)}`);
  }

  async writeSheet(name: SheetName, digest: string, value: unknown): Promise<IAuthorSheet> {
    const made = await this.api.call<IAuthorSheet>('PUT', `author/sheets/${name}`, { path: this.path, digest, value });
    // Points and names may be others now.
    this.info = await this.api.call<IAuthorModule>('GET', `author/of?path=${encodeURIComponent(this.path)}`);
    this.later();
    this.tell();
    return made;
  }

  async preview(): Promise<string> {
    await this.panel?.context.save();
    return (await this.api.call<IAuthorPreview>('POST', 'author/preview', { path: this.path })).url;
  }

  async changes(): Promise<IAuthorChanges> {
    await this.panel?.context.save();
    return this.api.call('POST', 'author/changes', { path: this.path });
  }

  release(digest: string): Promise<IAuthorReleased> {
    return this.api.call('POST', 'author/releases', { path: this.path, digest });
  }

  private pointsOf(rubric: string | undefined): number | null {
    return this.info?.rubrics.find(one => one.name === rubric)?.points ?? null;
  }

  private put(marked: IMarked, index = this.index): void {
    const notebook = this.panel?.content;
    if (!notebook?.model) {
      return;
    }
    const shared = notebook.model.sharedModel;
    const gone = shared.cells.flatMap((cell, n) => (marked.gone.includes(cell.getId()) ? [n] : []));
    const above = gone.filter(n => n < index).length;
    // For a moment another cell is the active one: a form that was drawn anew for that would lose the keyboard.
    this.silent = true;
    // One change of the list of cells, so that one Undo takes all of it back.
    shared.transact(() => {
      for (const n of gone.filter(n => n > index).reverse()) {
        shared.deleteCell(n);
      }
      shared.deleteCell(index);
      shared.insertCells(index, marked.cells as unknown as INbCell[] as never);
      for (const n of gone.filter(n => n < index).reverse()) {
        shared.deleteCell(n);
      }
    });
    notebook.activeCellIndex = index - above + marked.at;
    this.silent = false;
    this.tell();
  }

  private later(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.look(), QUIET);
    // Once the lab has drawn what was put in.
    window.requestAnimationFrame(() => this.panel && !this.panel.isDisposed && this.markCells());
    this.tell();
  }

  private async look(): Promise<void> {
    const { panel } = this;
    if (!panel || panel.isDisposed) {
      return;
    }
    const turn = ++this.turn;
    try {
      const notebook = panel.context.model.sharedModel.toJSON();
      const found = await this.api.call<IAuthorFinding[]>('POST', 'author/findings', { path: this.path, notebook });
      if (turn !== this.turn || panel !== this.panel) {
        return;
      }
      this.found = found;
      this.trouble = '';
    } catch (error) {
      this.trouble = sayError(error, this.trans);
    }
    this.markCells();
    this.tell();
  }

  private markCells(): void {
    const cells = new Map(this.cells.map(cell => [cell.id, cell]));
    for (const cell of this.panel?.content.widgets ?? []) {
      const json = cells.get(cell.model.id);
      const label = json ? this.labelOf(json) : '';
      if (label) {
        cell.node.dataset.ckMark = label;
      } else {
        delete cell.node.dataset.ckMark;
      }
      const mine = this.findings.filter(one => one.cell_id === cell.model.id);
      const worst = mine.some(one => one.severity === 'error') ? 0 : mine.length ? 1 : -1;
      MARKS.forEach((name, n) => cell.toggleClass(name, n === worst));
      if (mine.length) {
        cell.node.dataset.ckFinding = mine.map(one => one.message).join('\n');
      } else {
        delete cell.node.dataset.ckFinding;
      }
    }
  }

  private unmark(panel: NotebookPanel): void {
    panel.content.widgets.forEach((cell: Cell) => {
      MARKS.forEach(name => cell.removeClass(name));
      delete cell.node.dataset.ckFinding;
      delete cell.node.dataset.ckMark;
    });
  }

  private labelOf(cell: ICell): string {
    const { trans } = this;
    switch (markOf(cell)) {
      case 'prompt':
        return trans.__('Prompt %1', promptOf(cell)?.id ?? '');
      case 'reveal':
        return trans.__('Reveal after %1', cell.metadata.coursekit.reveal.after);
      case 'faculty':
        return trans.__('Faculty note');
      default:
        return '';
    }
  }

  private get path(): string {
    return this.panel?.context.localPath ?? '';
  }

  private tell(): void {
    if (!this.silent) {
      this.changed_.emit();
    }
  }

  private readonly changed_ = new Signal<this, void>(this);
  private silent = false;
  private timer = 0;
  private turn = 0;
}
