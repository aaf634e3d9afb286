/** A grader's review while it is open: which answer is shown, what was said of it, and what the server made of it. */
import { Signal, type ISignal } from '@lumino/signaling';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError, type Api } from '../api/client';
import type { ICourseRow } from '../api/shapes';
import * as queues from '../logic/reviewQueue';
import * as sheets from '../logic/reviewSheet';
import { ReviewCalls } from './calls';
import { sayMissing, sayTrouble } from './words';
import type {
  IComment,
  IConflict,
  IMark,
  IQueueItem,
  IReviewItem,
  IReviewModule,
  IReviewQueue,
  ISuggestion,
  Order
} from './shapes';

export type Queue = queues.IQueueState<IQueueItem>;

export class ReviewModel {
  /** The courses in which I may review; null until the first answer. */
  courses: ICourseRow[] | null = null;
  course = '';
  modules: IReviewModule[] | null = null;
  /** What is open; null while a module is chosen. */
  opened: IReviewQueue | null = null;
  queue: Queue | null = null;
  item: IReviewItem | null = null;
  sheet: sheets.ISheet | null = null;
  suggestion: ISuggestion | null = null;
  name: string | null = null;
  conflict: IConflict | null = null;
  comments: IComment[] = [];
  /** What happened last, for whoever looks and whoever listens. */
  said = '';
  /** What went wrong, until something goes well. */
  trouble = '';

  private readonly calls: ReviewCalls;
  /** What was said and not saved yet, of whatever answer: going elsewhere loses none of it. */
  private readonly sheetsOf = new Map<string, sheets.ISheet>();
  private readonly changed_ = new Signal<this, void>(this);
  private asked = 0;
  private pending = 0;
  /** A decision is on its way: pressing twice must not send it twice. */
  private sending = false;

  constructor(
    private readonly api: Api,
    private readonly trans: TranslationBundle
  ) {
    this.calls = new ReviewCalls(api);
  }

  get changed(): ISignal<this, void> {
    return this.changed_;
  }

  /** Something is being sent, or waited for. */
  get busy(): boolean {
    return this.pending > 0;
  }

  /** Which courses there are, and what waits in the first, or in the one that was named. */
  async start(course = '', module = ''): Promise<void> {
    await this.trying(async () => {
      const rows = await this.api.courses();
      this.courses = rows.filter(row => row.role !== 'learner');
      this.course =
        this.courses.find(row => row.course === (course || this.course))?.course ?? this.courses[0]?.course ?? '';
    });
    if (!this.course) {
      return;
    }
    if (module) {
      await Promise.all([this.openQueue(module), this.loadComments()]);
    } else {
      await this.showModules();
    }
  }

  async chooseCourse(course: string): Promise<void> {
    this.course = course;
    this.modules = null;
    await this.showModules();
  }

  async showModules(): Promise<void> {
    this.close();
    this.emit();
    await this.trying(async () => {
      this.modules = (await this.calls.modules(this.course)).modules;
    });
    await this.loadComments();
  }

  async openQueue(module: string, prompt = '', order: Order = 'doubt'): Promise<void> {
    this.close();
    await this.trying(async () => {
      this.opened = await this.calls.queue(this.course, module, prompt, order);
      this.queue = queues.load(this.opened.items, this.opened.answers, this.opened.marked);
    });
    await this.show();
  }

  /** The same queue anew: others have marked meanwhile, or learners have asked for a person. */
  async reload(): Promise<void> {
    if (this.opened) {
      await this.openQueue(this.opened.module, this.opened.prompt, this.opened.order);
    }
  }

  async move(by: 1 | -1): Promise<void> {
    const before = this.queue;
    if (!before) {
      return;
    }
    this.queue = queues.move(before, by);
    if (this.queue === before) {
      this.say(by > 0 ? this.trans.__('This is the last one.') : this.trans.__('This is the first one.'));
      return;
    }
    await this.show();
  }

  async goTo(id: string): Promise<void> {
    if (this.queue && (queues.current(this.queue)?.id !== id || !this.item)) {
      this.queue = queues.goTo(this.queue, id);
      await this.show();
    }
  }

  // what the grader says

  setLevel(criterion: string, level: number): void {
    this.change(sheet => sheets.setLevel(this.item!, sheet, criterion, level));
  }

  digit(key: number): void {
    if (!this.item || !this.sheet || this.conflict) {
      return;
    }
    const sheet = sheets.digit(this.item, this.sheet, key);
    if (sheet) {
      this.change(() => sheet);
      this.sayTotal();
    } else if (this.item.criteria.length === 0) {
      this.say(this.trans.__('Points are 0 to %1.', this.item.most));
    } else {
      this.say(this.trans.__('This criterion has no level %1.', key));
    }
  }

  choose(criterion: string): void {
    this.change(sheet => sheets.choose(sheet, criterion));
  }

  setPoints(points: string): void {
    this.change(sheet => ({ ...sheet, points }));
  }

  setAdequate(adequate: boolean): void {
    if (this.item?.asks_adequate) {
      this.change(sheet => ({ ...sheet, adequate }));
    }
  }

  setComment(comment: string): void {
    this.change(sheet => ({ ...sheet, comment }));
  }

  insert(comment: string): void {
    this.change(sheet => ({
      ...sheet,
      comment: sheet.comment.trim() ? `${sheet.comment.trim()}\n${comment}` : comment
    }));
    this.say(this.trans.__('The comment was put in.'));
  }

  // what goes to the server

  async suggest(): Promise<void> {
    const item = this.item;
    if (!item || this.suggestion) {
      return;
    }
    await this.trying(async () => {
      const suggestion = await this.calls.suggestion(this.course, this.opened!.module, item.id);
      if (this.item === item) {
        this.suggestion = suggestion;
        this.item.seen = true;
        this.say(this.trans.__('The suggestion is shown. That was noted down.'));
      }
    });
  }

  async askName(): Promise<void> {
    const item = this.item;
    if (!item || this.name !== null) {
      return;
    }
    await this.trying(async () => {
      const { name } = await this.calls.name(this.course, this.opened!.module, item.id);
      if (this.item === item) {
        this.name = name;
      }
    });
  }

  /** Enter the marks and go on. Somebody else's are not written over: they are shown first. */
  async save(): Promise<void> {
    const { item, sheet, opened } = this;
    if (!item || !sheet || !opened || this.sending || this.conflict) {
      return;
    }
    const lacks = sheets.missing(item, sheet);
    if (lacks) {
      this.say(this.sayMissing(lacks));
      return;
    }
    this.sending = true;
    await this.trying(async () => {
      try {
        const decided = await this.calls.decide(this.course, opened.module, item.id, {
          ...sheets.decision(item, sheet),
          expected: item.expected
        });
        this.sheetsOf.delete(item.id);
        this.queue = queues.saved(this.queue!, item.id);
        this.said = this.trans.__('%1 of %2 points are entered.', decided.points, decided.most);
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 409 && error.code === 'mark-changed')) {
          throw error;
        }
        this.conflict = {
          detail: error.detail,
          mark: (error.more.mark ?? null) as IMark | null,
          expected: String(error.more.expected ?? '')
        };
      }
    });
    this.sending = false;
    if (!this.conflict && !this.trouble) {
      const said = this.said;
      await this.show();
      this.say(queues.isThrough(this.queue!) ? `${said} ${this.trans.__('Nothing waits here any more.')}` : said);
    }
  }

  /** After a conflict: put mine in the place of theirs, or leave theirs and go on. */
  async settle(mine: boolean): Promise<void> {
    const { conflict, item } = this;
    if (!conflict || !item) {
      return;
    }
    this.conflict = null;
    if (mine) {
      item.mark = conflict.mark;
      item.expected = conflict.expected;
      await this.save();
    } else {
      this.sheetsOf.delete(item.id);
      this.queue = queues.saved(this.queue!, item.id);
      await this.show();
      this.say(this.trans.__('The other mark stays.'));
    }
  }

  /** The last thing said of this answer; or else the last decision. */
  async undo(): Promise<void> {
    const { item, sheet, opened } = this;
    if (!opened || this.sending || this.conflict) {
      return;
    }
    const before = item && sheet ? sheets.undo(item, sheet) : null;
    if (before) {
      this.change(() => before);
      this.say(this.trans.__('Taken back.'));
      return;
    }
    let back = '';
    this.sending = true;
    await this.trying(async () => {
      back = (await this.calls.undo(this.course, opened.module)).item;
    });
    this.sending = false;
    if (back) {
      this.queue = queues.takenBack(this.queue!, back);
      this.sheetsOf.delete(back);
      await this.show();
      this.say(this.trans.__('The last decision was taken back.'));
    }
  }

  async keepComment(text: string): Promise<void> {
    await this.trying(async () => {
      this.comments = (await this.calls.changeComments(this.course, [text], [])).comments;
      this.said = this.trans.__('The comment is in the bank.');
    });
  }

  async dropComment(id: string): Promise<void> {
    await this.trying(async () => {
      this.comments = (await this.calls.changeComments(this.course, [], [id])).comments;
    });
  }

  say(text: string): void {
    this.said = text;
    this.emit();
  }

  /** What is still to be said. */
  sayMissing(lacks: sheets.Missing): string {
    return sayMissing(this.trans, lacks, this.item?.most ?? 0);
  }

  private sayTotal(): void {
    const { item, sheet } = this;
    if (item && sheet) {
      this.say(this.trans.__('%1 of %2 points.', sheets.total(item, sheet), item.most));
    }
  }

  /** The answer at which the queue stands; also once more, when it did not come. */
  async show(): Promise<void> {
    const wanted = this.queue ? queues.current(this.queue) : null;
    const mine = ++this.asked;
    this.conflict = null;
    if (!wanted || !this.opened) {
      this.item = this.sheet = this.suggestion = null;
      this.emit();
      return;
    }
    const { module } = this.opened;
    await this.trying(async () => {
      const item = await this.calls.item(this.course, module, wanted.id);
      // Somebody who goes on quickly wants the last one they went to.
      if (mine !== this.asked) {
        return;
      }
      this.item = item;
      this.suggestion = this.name = null;
      this.sheet = this.sheetsOf.get(item.id) ?? sheets.open(item);
      this.said = '';
    });
    if (this.trouble && mine === this.asked) {
      // Marks must not go to the answer that was there before.
      this.item = this.sheet = this.suggestion = null;
      this.emit();
    }
  }

  private async loadComments(): Promise<void> {
    await this.trying(async () => {
      this.comments = (await this.calls.comments(this.course)).comments;
    });
  }

  private close(): void {
    this.asked++;
    this.opened = this.queue = this.item = this.sheet = this.suggestion = this.conflict = null;
    this.name = null;
    this.said = '';
  }

  private change(how: (sheet: sheets.ISheet) => sheets.ISheet | null): void {
    if (!this.item || !this.sheet) {
      return;
    }
    const sheet = how(this.sheet);
    if (sheet) {
      this.sheet = sheet;
      this.sheetsOf.set(this.item.id, sheet);
      this.emit();
    }
  }

  private async trying(what: () => Promise<void>): Promise<void> {
    this.pending++;
    this.emit();
    try {
      await what();
      this.trouble = '';
    } catch (error) {
      this.trouble = sayTrouble(this.trans, error);
    } finally {
      this.pending--;
      this.emit();
    }
  }

  private emit(): void {
    this.changed_.emit();
  }
}
