/** Where the learner is: kept at the server while they work, and shown again when they come back. */
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

import type { Api } from '../api/client';
import type { IPlace } from '../api/shapes';
import type { CourseModel } from './model';

const HASH = '#coursekit-cell=';
/** Milliseconds of quiet before a place is kept. */
const QUIET = 800;
/** Milliseconds after which a cell is brought into view once more. */
const SETTLING = [50, 200, 500, 1000];

/** The part of an address that names a cell. */
export function cellHash(cellId: string): string {
  return cellId ? HASH + encodeURIComponent(cellId) : '';
}

/** Bring a cell into view and make it the active one. Nothing happens where there is no such cell. */
export async function showCell(panel: NotebookPanel, cellId: string): Promise<void> {
  const notebook = panel.content;
  const index = notebook.widgets.findIndex(cell => cell.model.id === cellId);
  if (index < 0) {
    return;
  }
  notebook.activeCellIndex = index;
  await notebook.scrollToItem(index, 'start');
  void keepInView(panel, index);
}

/** A notebook that was just opened moves for a while, as pictures above the cell get their height. */
async function keepInView(panel: NotebookPanel, index: number): Promise<void> {
  const hands = new AbortController();
  for (const deed of ['wheel', 'keydown', 'pointerdown']) {
    window.addEventListener(deed, () => hands.abort(), { signal: hands.signal, capture: true });
  }
  for (const pause of SETTLING) {
    await new Promise(resolve => window.setTimeout(resolve, pause));
    if (hands.signal.aborted || panel.isDisposed || panel.content.activeCellIndex !== index) {
      break;
    }
    await panel.content.scrollToItem(index, 'start');
  }
  hands.abort();
}

/** In Notebook 7 a notebook opens in a page of its own, whose address says at which cell. */
export function showCellOfAddress(tracker: INotebookTracker): void {
  const { hash } = window.location;
  if (!hash.startsWith(HASH)) {
    return;
  }
  const show = async (_: unknown, panel: NotebookPanel): Promise<void> => {
    tracker.widgetAdded.disconnect(show);
    await panel.context.ready;
    await panel.revealed;
    await showCell(panel, decodeURIComponent(hash.slice(HASH.length)));
  };
  tracker.widgetAdded.connect(show);
}

/** Keeps the place: the active cell of the module in which somebody last pressed or typed anything. */
export class PlaceKeeper {
  constructor(
    private readonly api: Api,
    private readonly model: CourseModel,
    tracker: INotebookTracker
  ) {
    tracker.forEach(panel => this.watch(panel));
    tracker.widgetAdded.connect((_, panel) => this.watch(panel));
    document.addEventListener('visibilitychange', () => this.flush());
  }

  private watch(panel: NotebookPanel): void {
    // Opening a notebook makes its first cell active and moves the focus; only what people do is a place.
    const touched = (): void => this.later(panel);
    for (const deed of ['keyup', 'pointerup']) {
      panel.node.addEventListener(deed, touched);
    }
  }

  private later(panel: NotebookPanel): void {
    const place = placeOf(panel, this.model);
    if (!place || (place.module === this.kept?.module && place.cell_id === this.kept.cell_id)) {
      return;
    }
    window.clearTimeout(this.timer);
    this.next = place;
    this.timer = window.setTimeout(() => this.flush(), QUIET);
  }

  private flush(): void {
    window.clearTimeout(this.timer);
    const place = this.next;
    const course = this.model.course?.course;
    this.next = null;
    if (place && course) {
      this.kept = place;
      this.model.setPlace(place);
      // It is kept again with the next step that somebody makes.
      this.api.keepPlace(course, place).catch(() => (this.kept = null));
    }
  }

  private timer = 0;
  private next: IPlace | null = null;
  private kept: IPlace | null = null;
}

function placeOf(panel: NotebookPanel, model: CourseModel): IPlace | null {
  const path = panel.context.localPath;
  const step = model.course?.steps.find(one => one.notebook === path);
  const cell = panel.content.activeCell?.model;
  if (!step || !cell) {
    return null;
  }
  return { module: step.module, cell_id: cell.id, prompt: promptOf(cell.getMetadata('coursekit')) };
}

function promptOf(ours: unknown): string | null {
  const id = (ours as { prompt?: { id?: unknown } } | undefined)?.prompt?.id;
  return typeof id === 'string' ? id : null;
}
