/** What the simple page shows of an open module, and where its answers are written: into the notebook's own model. */
import type { ICellModel, ICodeCellModel } from '@jupyterlab/cells';
import type { INotebookModel } from '@jupyterlab/notebook';
import type { IDisposable } from '@lumino/disposable';
import { Signal, type ISignal } from '@lumino/signaling';

import type { Response } from '../api/shapes';
import { text } from '../logic/answers';
import { pageItems, type IPageCell, type PageItem } from '../logic/pageItems';
import { isInNotebook, isStub, promptIds } from '../logic/promptCells';
import type { ITrans } from '../logic/trans';
import type { IOpenModule } from '../tokens';

export class PageModel implements IDisposable {
  constructor(
    readonly module: IOpenModule,
    private readonly trans: ITrans
  ) {
    module.changed.connect(this.tell, this);
    this.notebook.contentChanged.connect(this.tell, this);
    module.panel.disposed.connect(this.dispose, this);
  }

  get changed(): ISignal<PageModel, void> {
    return this.changed_;
  }

  items(): PageItem[] {
    const asked = new Set(this.module.info.prompts.map(prompt => prompt.id));
    return pageItems(Array.from(this.notebook.cells, asCell), asked, this.trans);
  }

  value(prompt: string): Response {
    if (this.module.find(prompt)?.kind === 'analysis') {
      // With what was given to begin with: it is written on, not from nothing.
      return { code: this.cellOf(prompt)?.sharedModel.getSource() ?? '' };
    }
    return this.typed.get(prompt) ?? this.module.shown(prompt) ?? {};
  }

  write(prompt: string, value: Response): void {
    const cell = this.cellOf(prompt);
    if (cell) {
      // Shared by all that show the notebook: what is typed here stands there at once.
      cell.sharedModel.setSource(text(value.text ?? value.code));
    } else {
      this.typed.set(prompt, value);
      this.module.keep(prompt, value);
    }
    this.changed_.emit();
  }

  get isDisposed(): boolean {
    return this.gone;
  }

  dispose(): void {
    if (!this.gone) {
      this.gone = true;
      Signal.disconnectReceiver(this);
      Signal.clearData(this);
    }
  }

  /** Where prose or code is written; null for forms. */
  private cellOf(id: string): ICellModel | null {
    const kind = this.module.find(id)?.kind;
    if (!kind || !isInNotebook(kind)) {
      return null;
    }
    const cells = Array.from(this.notebook.cells).filter(cell => promptIds(cell.metadata).includes(id));
    // Where there is a copy, the one whose text is shown.
    return cells.find(cell => !isStub(cell.sharedModel.getSource(), kind)) ?? cells[0] ?? null;
  }

  private tell(): void {
    this.changed_.emit();
  }

  private get notebook(): INotebookModel {
    return this.module.panel.context.model;
  }

  private readonly typed = new Map<string, Response>();
  private readonly changed_ = new Signal<this, void>(this);
  private gone = false;
}

function asCell(cell: ICellModel): IPageCell {
  return {
    id: cell.id,
    type: cell.type,
    source: cell.sharedModel.getSource(),
    metadata: cell.metadata,
    outputs: cell.type === 'code' ? (cell as ICodeCellModel).outputs.toJSON() : []
  };
}
