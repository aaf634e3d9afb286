/** One open notebook that is a module: its prompts, what is written, what is saved, and the way to a commitment. */
import type { Cell, ICellModel } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { Contents } from '@jupyterlab/services';
import { Signal, type ISignal } from '@lumino/signaling';

import { ApiError, type Api } from '../api/client';
import type { ICommitted, IModule, IPrompt, Response } from '../api/shapes';
import { isInNotebook, isStub, promptIds } from '../logic/promptCells';
import type { ITrans } from '../logic/trans';
import type { IAnswerStanding, IOpenModule } from '../tokens';
import { stripCopies } from './copies';
import { FormDrafts } from './forms';
import { saveAndCompare, saveInTurn, shownIn } from './save';

/** Milliseconds after the last key at which the notebook is saved; the lab itself takes two minutes. */
const AUTOSAVE = 2000;

export class OpenModule implements IOpenModule {
  constructor(
    readonly panel: NotebookPanel,
    private module: IModule,
    private readonly api: Api,
    private readonly contents: Contents.IManager,
    private readonly trans: ITrans
  ) {
    this.drafts = new FormDrafts(
      (prompt, response) => api.save(module.course, module.module, prompt, response),
      saved => this.put(saved.prompt),
      () => this.tell()
    );
    const { context } = panel;
    // Whoever was quicker than we are has written something already.
    this.saved = context.model.dirty ? '' : JSON.stringify(shownIn(context.model));
    stripCopies(context.model);
    saveInTurn(context);
    context.model.contentChanged.connect(this.onTyped, this);
    context.model.stateChanged.connect(this.tell, this);
    context.saveState.connect(this.onSaveState, this);
    panel.disposed.connect(this.dispose, this);
  }

  get info(): IModule {
    return this.module;
  }

  get changed(): ISignal<IOpenModule, void> {
    return this.changed_;
  }

  get isDisposed(): boolean {
    return this.gone;
  }

  dispose(): void {
    if (!this.gone) {
      this.gone = true;
      window.clearTimeout(this.timer);
      this.drafts.dispose();
      Signal.disconnectReceiver(this);
      Signal.clearData(this);
    }
  }

  find(prompt: string): IPrompt | null {
    return this.module.prompts.find(one => one.id === prompt) ?? null;
  }

  put(prompt: IPrompt): void {
    this.module = {
      ...this.module,
      prompts: this.module.prompts.map(one => (one.id === prompt.id ? prompt : one))
    };
    this.tell();
  }

  shown(prompt: string): Response | null {
    const asked = this.find(prompt);
    if (!asked) {
      return null;
    }
    if (!isInNotebook(asked.kind)) {
      return this.drafts.typed(prompt) ?? asked.response;
    }
    const source = this.cellsOf(prompt)
      .map(cell => cell.sharedModel.getSource())
      .find(one => !isStub(one, asked.kind));
    return source === undefined ? null : { [asked.kind === 'analysis' ? 'code' : 'text']: source };
  }

  standing(prompt: string): IAnswerStanding {
    const asked = this.find(prompt);
    if (asked && !isInNotebook(asked.kind)) {
      return this.drafts.standing(prompt) ?? { saved: asked.response ? 'saved' : 'nothing' };
    }
    if (this.failed) {
      return { saved: 'not-saved', trouble: this.trans.__('It could not be saved. We try again.') };
    }
    if (this.isUnsaved) {
      return { saved: 'saving' };
    }
    return { saved: this.shown(prompt) ? 'saved' : 'nothing' };
  }

  keep(prompt: string, response: Response): void {
    this.drafts.keep(prompt, response);
  }

  flush(): Promise<void> {
    return this.drafts.flush();
  }

  async commit(prompt: string, revision = false): Promise<ICommitted> {
    await this.flush();
    const asked = this.find(prompt);
    if (asked && isInNotebook(asked.kind)) {
      await saveAndCompare(this.panel.context, this.contents, this.trans);
    }
    const { course, module } = this.module;
    const shown = this.shown(prompt) ?? {};
    try {
      const committed = await this.api.commit(course, module, prompt, shown, revision);
      this.put(committed.prompt);
      return committed;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'not-as-shown') {
        // Another tab may have written here: what the file says is shown before anybody tries again.
        await this.refresh();
      }
      throw error;
    }
  }

  async refresh(): Promise<void> {
    const now = await this.api.module(this.module.course, this.module.module);
    if (!this.gone) {
      this.module = now;
      this.tell();
    }
  }

  goTo(prompt: string): void {
    const notebook = this.panel.content;
    const index = notebook.widgets.findIndex(cell => promptIds(cell.model.metadata).includes(prompt));
    if (index < 0) {
      return;
    }
    notebook.activeCellIndex = index;
    void notebook.scrollToItem(index, 'center').then(() => focusIn(notebook.widgets[index]));
  }

  /** A prompt's cells in the notebook's order; more than one only where somebody made a copy. */
  cellsOf(prompt: string): ICellModel[] {
    return Array.from(this.panel.context.model.cells).filter(cell => promptIds(cell.metadata).includes(prompt));
  }

  /** Whether anything is written that is not on the disk. */
  private get isUnsaved(): boolean {
    this.written ??= JSON.stringify(shownIn(this.panel.context.model));
    return this.written !== this.saved;
  }

  private onTyped(): void {
    this.written = null;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.autosave(), AUTOSAVE);
    this.tell();
  }

  private autosave(): void {
    const { context } = this.panel;
    // Not for outputs alone: they are made anew on each opening, and two tabs would save over each other for nothing.
    if (!this.gone && this.isUnsaved && !context.model.readOnly) {
      // The lab says by itself when it fails; here it only stands beside the answer.
      context.save().catch(() => undefined);
    }
  }

  private onSaveState(_: unknown, state: string): void {
    if (state === 'started') {
      this.going = JSON.stringify(shownIn(this.panel.context.model));
    } else if (state === 'completed') {
      this.saved = this.going;
    }
    this.failed = state === 'failed';
    if (this.failed) {
      this.timer = window.setTimeout(() => this.autosave(), 5 * AUTOSAVE);
    }
    this.tell();
  }

  private tell(): void {
    this.changed_.emit();
  }

  private readonly drafts: FormDrafts;
  private readonly changed_ = new Signal<this, void>(this);
  private timer = 0;
  /** What the cells say; null when it is to be looked at again. */
  private written: string | null = null;
  /** What they said when it was saved last, and when the save that is on its way began. */
  private saved = '';
  private going = '';
  private failed = false;
  private gone = false;
}

function focusIn(cell: Cell): void {
  const first = cell.node.querySelector<HTMLElement>('.ck-block input, .ck-block textarea, .ck-block select');
  if (first) {
    first.focus();
  } else {
    cell.editor?.focus();
  }
}
