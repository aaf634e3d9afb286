/**
 * What a grader has said of one answer so far. Values in, values out.
 *
 *     blank ─ digit, digit, … ─▶ ready ─ save ─▶ (the server decides)
 */

export interface ISheetCriterion {
  id: string;
  levels: readonly (readonly [number, string])[];
}

/** What of an answer matters for marking it. */
export interface IMarked {
  /** Empty without a rubric: points in one then. */
  criteria: readonly ISheetCriterion[];
  most: number;
  asks_adequate: boolean;
  mark: {
    points: number | null;
    comment: string;
    by_person: boolean;
    levels: Readonly<Record<string, number>>;
    adequate: boolean | null;
  } | null;
}

export interface ISheet {
  levels: Readonly<Record<string, number>>;
  /** Criteria in the order in which they were marked here: what undo takes back. */
  given: readonly string[];
  /** The criterion that a digit goes to. */
  current: string | null;
  /** As it was typed; points in one alone. */
  points: string;
  adequate: boolean | null;
  comment: string;
}

export type Missing = 'levels' | 'points' | 'adequate';

/** As the answer stands: what somebody has marked before is there to be changed. */
export function open(item: IMarked): ISheet {
  const mark = item.mark;
  const levels = { ...(mark?.levels ?? {}) };
  const byPerson = item.criteria.length === 0 && mark?.by_person === true && mark.points !== null;
  return {
    levels,
    given: [],
    current: firstOpen(item, levels) ?? item.criteria[0]?.id ?? null,
    points: byPerson ? String(mark.points) : '',
    adequate: mark?.adequate ?? null,
    comment: mark?.comment ?? ''
  };
}

/** A level for one criterion, and on to the next one that has none. Null when it has no such level. */
export function setLevel(item: IMarked, sheet: ISheet, criterion: string, level: number): ISheet | null {
  const found = item.criteria.find(one => one.id === criterion);
  if (!found || !found.levels.some(([points]) => points === level)) {
    return null;
  }
  const levels = { ...sheet.levels, [criterion]: level };
  return {
    ...sheet,
    levels,
    given: [...sheet.given.filter(one => one !== criterion), criterion],
    current: following(item, levels, criterion)
  };
}

/** What a digit key does: the level of the current criterion, or points in one. Null when that cannot be. */
export function digit(item: IMarked, sheet: ISheet, key: number): ISheet | null {
  if (item.criteria.length === 0) {
    return key <= item.most ? { ...sheet, points: String(key) } : null;
  }
  return sheet.current === null ? null : setLevel(item, sheet, sheet.current, key);
}

export function choose(sheet: ISheet, criterion: string): ISheet {
  return { ...sheet, current: criterion };
}

/** Take back what was said last; null when nothing was: then it is the last decision that one means. */
export function undo(item: IMarked, sheet: ISheet): ISheet | null {
  const last = sheet.given[sheet.given.length - 1];
  if (last !== undefined) {
    const { [last]: _, ...levels } = sheet.levels;
    return { ...sheet, levels, given: sheet.given.slice(0, -1), current: last };
  }
  const before = open(item);
  if (sheet.points !== before.points) {
    return { ...sheet, points: before.points };
  }
  return sheet.adequate !== before.adequate ? { ...sheet, adequate: before.adequate } : null;
}

/** The number that was typed; null when it is none, or not possible. A comma is a decimal point. */
export function pointsOf(item: IMarked, typed: string): number | null {
  const text = typed.trim().replace(',', '.');
  const value = /^\d+(\.\d*)?$|^\.\d+$/.test(text) ? Number(text) : NaN;
  return value >= 0 && value <= item.most ? value : null;
}

/** What is still to be said before it can be saved. */
export function missing(item: IMarked, sheet: ISheet): Missing | null {
  if (item.criteria.length === 0) {
    return pointsOf(item, sheet.points) === null ? 'points' : null;
  }
  if (item.criteria.some(one => levelOf(sheet.levels, one.id) === null)) {
    return 'levels';
  }
  return item.asks_adequate && sheet.adequate === null ? 'adequate' : null;
}

/** So far. */
export function total(item: IMarked, sheet: ISheet): number {
  if (item.criteria.length === 0) {
    return pointsOf(item, sheet.points) ?? 0;
  }
  return item.criteria.reduce((sum, one) => sum + (levelOf(sheet.levels, one.id) ?? 0), 0);
}

/** What goes to the server, but for what was seen. A comment that was not touched stays as it is there. */
export function decision(
  item: IMarked,
  sheet: ISheet
): { levels: Record<string, number>; points: number | null; adequate: boolean | null; comment: string | null } {
  const before = item.mark?.comment ?? '';
  return {
    levels: Object.fromEntries(item.criteria.map(one => [one.id, sheet.levels[one.id]])),
    points: item.criteria.length === 0 ? pointsOf(item, sheet.points) : null,
    adequate: item.asks_adequate ? sheet.adequate : null,
    comment: sheet.comment.trim() === before.trim() ? null : sheet.comment.trim()
  };
}

/** Whether something would be lost by throwing it away. */
export function isTouched(item: IMarked, sheet: ISheet): boolean {
  const before = open(item);
  return (
    sheet.given.length > 0 ||
    sheet.points !== before.points ||
    sheet.adequate !== before.adequate ||
    sheet.comment !== before.comment
  );
}

/** The level that was given; null where none was. Ids are authors' words, and every object knows “constructor”. */
export function levelOf(levels: Readonly<Record<string, number>>, criterion: string): number | null {
  return Object.prototype.hasOwnProperty.call(levels, criterion) ? levels[criterion] : null;
}

function firstOpen(item: IMarked, levels: Readonly<Record<string, number>>): string | null {
  return item.criteria.find(one => levelOf(levels, one.id) === null)?.id ?? null;
}

/** The next one without a level, from there on and then from the top; without any, the next one, and stay at the last. */
function following(item: IMarked, levels: Readonly<Record<string, number>>, criterion: string): string {
  const at = item.criteria.findIndex(one => one.id === criterion);
  const after = item.criteria.slice(at + 1);
  const open_ = after.find(one => levelOf(levels, one.id) === null)?.id ?? firstOpen(item, levels);
  return open_ ?? after[0]?.id ?? criterion;
}
