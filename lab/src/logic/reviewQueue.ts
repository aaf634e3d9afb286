/** Where a grader is in the queue, and how far. */

export interface IInQueue {
  id: string;
  group: string;
  /** A person still has to read it. */
  waits: boolean;
}

export interface IQueueState<T extends IInQueue = IInQueue> {
  items: readonly T[];
  /** The place of the one that is shown; -1 where nothing is. */
  at: number;
  /** Marked since the queue was loaded. */
  done: ReadonlySet<string>;
  answers: number;
  /** By whomever, when it was loaded. */
  marked: number;
}

export interface IProgress {
  marked: number;
  answers: number;
  /** That still wait. */
  flagged: number;
  waiting: number;
}

/** From the first that waits on. */
export function load<T extends IInQueue>(items: readonly T[], answers: number, marked: number): IQueueState<T> {
  const first = items.findIndex(item => item.waits);
  return { items, at: first >= 0 ? first : items.length > 0 ? 0 : -1, done: new Set(), answers, marked };
}

export function current<T extends IInQueue>(state: IQueueState<T>): T | null {
  return state.items[state.at] ?? null;
}

/** One on, or one back; it stays at both ends. */
export function move<T extends IInQueue>(state: IQueueState<T>, by: 1 | -1): IQueueState<T> {
  const at = Math.min(Math.max(state.at + by, state.items.length > 0 ? 0 : -1), state.items.length - 1);
  return at === state.at ? state : { ...state, at };
}

export function goTo<T extends IInQueue>(state: IQueueState<T>, id: string): IQueueState<T> {
  const at = state.items.findIndex(item => item.id === id);
  return at < 0 ? state : { ...state, at };
}

/** The one that is shown was marked: on to the next that waits, from there on and then from the top. */
export function saved<T extends IInQueue>(state: IQueueState<T>, id: string): IQueueState<T> {
  const done = new Set(state.done).add(id);
  const next = (from: number, to: number): number | undefined => {
    for (let n = from; n < to; n++) {
      if (state.items[n].waits && !done.has(state.items[n].id)) {
        return n;
      }
    }
    return undefined;
  };
  const at = next(state.at + 1, state.items.length) ?? next(0, state.at) ?? state.at;
  return { ...state, done, at };
}

/** A decision was taken back: it waits again, and is shown. */
export function takenBack<T extends IInQueue>(state: IQueueState<T>, id: string): IQueueState<T> {
  const done = new Set(state.done);
  const wasDone = done.delete(id);
  const there = state.items.find(item => item.id === id);
  // It was marked before this queue was loaded.
  const earlier = there !== undefined && !wasDone && !there.waits;
  const items = earlier ? state.items.map(item => (item.id === id ? { ...item, waits: true } : item)) : state.items;
  return goTo({ ...state, items, done, marked: earlier ? Math.max(0, state.marked - 1) : state.marked }, id);
}

export function isDone(state: IQueueState, item: IInQueue): boolean {
  return state.done.has(item.id) || !item.waits;
}

/** Whether nobody has to read anything of it any more. */
export function isThrough(state: IQueueState): boolean {
  return state.items.every(item => isDone(state, item));
}

export function progress(state: IQueueState): IProgress {
  const waiting = state.items.filter(item => !isDone(state, item));
  // What was marked already and is marked again counts once.
  const news = state.items.filter(item => item.waits && state.done.has(item.id)).length;
  return {
    marked: state.marked + news,
    answers: state.answers,
    flagged: waiting.filter(item => item.group === 'flagged').length,
    waiting: waiting.length
  };
}
