/** The course that is shown, kept up to date by waiting at the learner's own server for changes. */
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import { NotebookPanel } from '@jupyterlab/notebook';
import { Signal, type ISignal } from '@lumino/signaling';

import { ApiError, type Api } from '../api/client';
import type { ICourse, ICourseRow, IPlace, IUnchanged } from '../api/shapes';
import { setAuthorsLanguage } from '../logic/authors';
import { Poll, type Trouble } from '../logic/poll';
import type { ICourseModel } from '../tokens';
import { cellHash, showCell } from './place';

const CHOSEN = 'coursekit:course';

/** Nobody is enrolled anywhere: no trouble, and asked again now and then. */
class NoCourse extends Error {}

export class CourseModel implements ICourseModel {
  constructor(
    private readonly api: Api,
    private readonly documents: IDocumentManager,
    /** Whether documents open in tabs of the browser, as in Notebook 7. */
    private readonly ownPages: boolean
  ) {
    this.poll = new Poll({
      ask: (etag, wait, signal) => this.ask(etag, wait, signal),
      troubleOf: error => this.troubleOf(error),
      isHidden: () => document.visibilityState === 'hidden',
      told: course => this.told(course),
      troubled: (trouble, error) => this.troubled(trouble, error)
    });
  }

  start(): void {
    document.addEventListener('visibilitychange', () => this.poll.wake());
    // Whoever signed in again in another tab comes back to this one; and a network is there again.
    window.addEventListener('focus', () => this.trouble && this.poll.wake());
    window.addEventListener('online', () => this.poll.wake());
    this.poll.start();
  }

  get courses(): readonly ICourseRow[] {
    return this.rows ?? [];
  }

  get course(): ICourse | null {
    return this.shown;
  }

  get trouble(): Trouble | null {
    return this.ill;
  }

  /** The server's own words on the trouble, where it had any. */
  get troubleWords(): string {
    return this.words;
  }

  /** Nobody has answered yet, neither with a course nor that there is none. */
  get isWaiting(): boolean {
    return this.rows === null;
  }

  get changed(): ISignal<this, void> {
    return this.changed_;
  }

  /** Where the learner is now, so that *Continue* knows it at once. */
  setPlace(place: IPlace): void {
    if (this.shown) {
      this.shown = { ...this.shown, place };
      this.changed_.emit();
    }
  }

  choose(course: string): void {
    if (course !== this.chosen) {
      this.chosen = course;
      remember(course);
      this.shown = null;
      this.changed_.emit();
      void this.poll.refresh();
    }
  }

  refresh(): Promise<void> {
    this.askRows = true;
    return this.poll.refresh();
  }

  async open(module: string, cellId = ''): Promise<NotebookPanel | null> {
    if (!this.chosen) {
      await this.refresh();
    }
    const { notebook } = await this.api.open(this.chosen, module);
    return this.openDocument(notebook, cellId);
  }

  /** Any document of the learner's, such as a submission as it was handed in. */
  async openDocument(path: string, cellId = ''): Promise<NotebookPanel | null> {
    if (this.ownPages && !this.documents.findWidget(path, 'default')) {
      const page = URLExt.join(PageConfig.getBaseUrl(), 'notebooks', URLExt.encodeParts(path));
      window.open(page + cellHash(cellId), '_blank');
      return null;
    }
    const widget = this.documents.openOrReveal(path);
    if (!(widget instanceof NotebookPanel)) {
      return null;
    }
    await widget.context.ready;
    await widget.revealed;
    await showCell(widget, cellId);
    return widget;
  }

  private async ask(etag: string, wait: number, signal: AbortSignal): Promise<ICourse | IUnchanged> {
    if (!this.chosen || this.askRows) {
      this.rows = await this.api.courses();
      this.askRows = false;
      const found = [this.chosen, remembered()].find(id => this.rows?.some(row => row.course === id));
      this.chosen = found ?? this.rows[0]?.course ?? '';
      if (!this.chosen) {
        this.shown = null;
        throw new NoCourse();
      }
      this.changed_.emit();
    }
    return this.api.course(this.chosen, etag, wait, signal);
  }

  private told(course: ICourse): void {
    // An answer may have been on its way when another course was chosen.
    if (course.course === this.chosen) {
      this.shown = course;
      setAuthorsLanguage(course.language);
      this.changed_.emit();
    }
  }

  private troubleOf(error: unknown): Trouble | null {
    if (error instanceof NoCourse) {
      return null;
    }
    if (error instanceof ApiError && (error.status === 403 || error.status === 404) && !error.isSignedOut) {
      // No longer in that course: which ones are there?
      this.askRows = true;
    }
    return error instanceof ApiError && error.isSignedOut ? 'signed-out' : 'away';
  }

  private troubled(trouble: Trouble | null, error: unknown): void {
    const words = error instanceof ApiError && error.detail ? error.message : '';
    if (trouble !== this.ill || words !== this.words || error instanceof NoCourse) {
      this.ill = trouble;
      this.words = words;
      this.changed_.emit();
    }
  }

  private readonly poll: Poll;
  private readonly changed_ = new Signal<this, void>(this);
  private rows: ICourseRow[] | null = null;
  private askRows = false;
  private chosen = '';
  private shown: ICourse | null = null;
  private ill: Trouble | null = null;
  private words = '';
}

// Which course was shown last is a convenience of this browser; without a store for it the first one is shown.
function remembered(): string {
  try {
    return window.localStorage.getItem(CHOSEN) ?? '';
  } catch {
    return '';
  }
}

function remember(course: string): void {
  try {
    window.localStorage.setItem(CHOSEN, course);
  } catch {
    return;
  }
}
