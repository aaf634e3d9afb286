/**
 * The reading view of one open module: prompts look like prompts, code is put away, prose is ready to be typed in.
 *
 * Cells come and go as one scrolls: what is drawn hangs on the cells' own widgets, which stay, and every look at them may
 * be the first. Nothing here is written into the notebook, but for the words “Write your answer here” that are taken away
 * when somebody begins to write.
 */
import { CodeCell, MarkdownCell, type Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { PanelLayout } from '@lumino/widgets';

import { isStub } from '../logic/promptCells';
import { rolesOf, runsByItself, type Role } from '../logic/readingRoles';
import type { ISubmitter } from '../tokens';
import { BlockWidget, type IInPlace } from './block';
import { HeadWidget } from './head';
import { letTabCome } from './tabKey';

const CLASSES = ['ck-form-cell', 'ck-answer-cell', 'ck-hidden-cell', 'ck-folded-cell', 'ck-sealed-cell'];

export class ReadingView implements IDisposable {
  constructor(
    private readonly parts: IInPlace,
    submitter: ISubmitter | null,
    commands: CommandRegistry
  ) {
    const { module, trans } = parts;
    this.panel = module.panel;
    this.panel.addClass('ck-reading');
    // Not by style: its layout would keep the place free.
    this.panel.toolbar.hide();
    this.head = new HeadWidget({ module, submitter, commands, trans });
    this.panel.contentHeader.addWidget(this.head);
    this.panel.context.model.cells.changed.connect(this.later, this);
    this.panel.content.activeCellChanged.connect(this.onActive, this);
    module.changed.connect(this.later, this);
    parts.revisions.changed.connect(this.later, this);
    this.panel.disposed.connect(this.dispose, this);
    this.look();
    void this.run();
  }

  get isDisposed(): boolean {
    return this.gone;
  }

  dispose(): void {
    if (this.gone) {
      return;
    }
    this.gone = true;
    Signal.disconnectReceiver(this);
    this.head.dispose();
    this.blocks.forEach(block => block.dispose());
    if (!this.panel.isDisposed) {
      this.panel.removeClass('ck-reading');
      this.panel.toolbar.show();
      for (const cell of this.panel.content.widgets) {
        CLASSES.forEach(name => cell.removeClass(name));
        this.release(cell);
      }
    }
  }

  /** Many changes come in a row; one look follows them. */
  private later(): void {
    if (!this.waiting) {
      this.waiting = true;
      window.requestAnimationFrame(() => {
        this.waiting = false;
        if (!this.gone && !this.panel.isDisposed) {
          this.look();
        }
      });
    }
  }

  private look(): void {
    const roles = this.roles();
    for (const cell of this.panel.content.widgets) {
      const role = roles.get(cell.model.id);
      if (role) {
        this.dress(cell, role);
      }
    }
    for (const [cell, block] of this.blocks) {
      if (cell.isDisposed) {
        block.dispose();
        this.blocks.delete(cell);
      }
    }
  }

  private dress(cell: Cell, role: Role): void {
    const sealed = role.role === 'answer' && this.isSealed(role.prompt);
    cell.toggleClass('ck-form-cell', role.role === 'form');
    cell.toggleClass('ck-answer-cell', role.role === 'answer');
    cell.toggleClass('ck-hidden-cell', role.role === 'status');
    cell.toggleClass('ck-folded-cell', role.role === 'machinery');
    cell.toggleClass('ck-sealed-cell', sealed);
    if (role.role === 'form' || role.role === 'answer') {
      this.addBlock(cell, role.prompt);
    }
    if (role.role === 'answer') {
      this.hold(cell, role.prompt, sealed);
    }
  }

  private addBlock(cell: Cell, prompt: string): void {
    if (this.blocks.has(cell)) {
      return;
    }
    const block = new BlockWidget(this.parts, prompt);
    // It stands in a text of another language.
    block.node.lang = this.parts.clocks().locale;
    this.blocks.set(cell, block);
    // A cell that was never on the screen has no inside yet; ours comes after it.
    void cell.ready.then(() => {
      if (!cell.isDisposed && !block.isDisposed) {
        (cell.layout as PanelLayout).addWidget(block);
      }
    });
  }

  /** An answer that is open is ready to be typed in; a sealed one is to be read. */
  private hold(cell: Cell, prompt: string, sealed: boolean): void {
    const { trans, revisions } = this.parts;
    const closed = sealed && !revisions.has(prompt);
    if (!this.held.has(cell)) {
      this.held.add(cell);
      if (cell instanceof MarkdownCell) {
        cell.renderedChanged.connect(this.later, this);
      }
    }
    if (cell.readOnly !== closed) {
      cell.readOnly = closed;
    }
    if (cell instanceof MarkdownCell && cell.rendered !== closed) {
      cell.rendered = closed;
    }
    const title = this.parts.module.find(prompt)?.title ?? '';
    const field = cell.editorWidget?.node.querySelector<HTMLElement>('[contenteditable]');
    if (field) {
      field.setAttribute('aria-label', trans.__('Your answer: %1', title));
      letTabCome(cell.node, field, cell instanceof CodeCell, closed, trans);
    }
  }

  private release(cell: Cell): void {
    if (this.held.delete(cell)) {
      cell.readOnly = false;
    }
  }

  private isSealed(prompt: string): boolean {
    return this.parts.module.find(prompt)?.sealed != null;
  }

  /** Who begins to write finds an empty field. */
  private onActive(_: unknown, cell: Cell | null): void {
    const role = cell && this.roles().get(cell.model.id);
    if (!cell || role?.role !== 'answer' || role.kind !== 'reflection' || cell.readOnly) {
      return;
    }
    if (cell.model.sharedModel.getSource() && isStub(cell.model.sharedModel.getSource(), role.kind)) {
      cell.model.sharedModel.setSource('');
    }
  }

  /** The author's code, once for a kernel: data and functions that the learner's own lines need. */
  private async run(): Promise<void> {
    const { sessionContext } = this.panel;
    await sessionContext.ready;
    const roles = this.roles();
    for (const cell of this.panel.content.widgets) {
      const role = roles.get(cell.model.id);
      if (this.gone || this.panel.isDisposed || !sessionContext.session?.kernel) {
        return;
      }
      if (role && cell instanceof CodeCell && runsByItself(role, cell.model.metadata)) {
        const reply = await CodeCell.execute(cell, sessionContext).catch(() => undefined);
        if (!reply || reply.content.status !== 'ok') {
          return;
        }
      }
    }
  }

  private roles(): Map<string, Role> {
    const kinds = new Map(this.parts.module.info.prompts.map(prompt => [prompt.id, prompt.kind]));
    const cells = Array.from(this.panel.context.model.cells, cell => ({
      id: cell.id,
      type: cell.type,
      source: cell.sharedModel.getSource(),
      metadata: cell.metadata
    }));
    return rolesOf(cells, kinds);
  }

  private readonly panel: NotebookPanel;
  private readonly head: HeadWidget;
  private readonly blocks = new Map<Cell, BlockWidget>();
  private readonly held = new Set<Cell>();
  private waiting = false;
  private gone = false;
}
