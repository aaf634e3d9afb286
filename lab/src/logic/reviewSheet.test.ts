import { describe, expect, it } from 'vitest';

import * as sheets from './reviewSheet';

const levels = (most: number): [number, string][] => Array.from({ length: most + 1 }, (_, n) => [n, `level ${n}`]);
const RUBRIC: sheets.IMarked = {
  criteria: [
    { id: 'evidence', levels: levels(2) },
    { id: 'position', levels: levels(2) },
    { id: 'test', levels: levels(1) }
  ],
  most: 5,
  asks_adequate: false,
  mark: null
};
const BARE: sheets.IMarked = { criteria: [], most: 12, asks_adequate: false, mark: null };
const MARK = { points: 3, comment: 'Clear.', by_person: true, levels: {}, adequate: null };

function keys(item: sheets.IMarked, ...digits: number[]): sheets.ISheet {
  return digits.reduce((sheet, one) => sheets.digit(item, sheet, one) ?? sheet, sheets.open(item));
}

describe('a sheet with a rubric', () => {
  it('takes a digit a criterion, and is ready after the last', () => {
    const sheet = keys(RUBRIC, 2, 1);
    expect(sheet.levels).toEqual({ evidence: 2, position: 1 });
    expect(sheet.current).toBe('test');
    expect(sheets.missing(RUBRIC, sheet)).toBe('levels');
    const full = keys(RUBRIC, 2, 1, 0);
    expect(sheets.missing(RUBRIC, full)).toBeNull();
    expect(sheets.total(RUBRIC, full)).toBe(3);
    expect(full.current).toBe('test');
  });

  it('refuses a level that the criterion does not have', () => {
    expect(sheets.digit(RUBRIC, sheets.open(RUBRIC), 3)).toBeNull();
    expect(sheets.setLevel(RUBRIC, sheets.open(RUBRIC), 'nothing', 0)).toBeNull();
  });

  it('goes to the first that is open when one is chosen by mouse', () => {
    const last = sheets.setLevel(RUBRIC, sheets.open(RUBRIC), 'test', 1);
    expect(last?.current).toBe('evidence');
    const chosen = sheets.choose(keys(RUBRIC, 2, 1, 0), 'evidence');
    const again = sheets.digit(RUBRIC, chosen, 0);
    expect(again?.levels.evidence).toBe(0);
    expect(again?.current).toBe('position');
  });

  it('takes back level by level, the last first, and then nothing', () => {
    let sheet = keys(RUBRIC, 2, 1);
    sheet = sheets.undo(RUBRIC, sheet)!;
    expect([sheet.levels, sheet.current]).toEqual([{ evidence: 2 }, 'position']);
    sheet = sheets.undo(RUBRIC, sheet)!;
    expect([sheet.levels, sheet.current]).toEqual([{}, 'evidence']);
    expect(sheets.undo(RUBRIC, sheet)).toBeNull();
  });

  it('sends levels alone', () => {
    expect(sheets.decision(RUBRIC, keys(RUBRIC, 2, 1, 0))).toEqual({
      levels: { evidence: 2, position: 1, test: 0 },
      points: null,
      adequate: null,
      comment: null
    });
  });

  it('asks whether it is adequate where there is no rule', () => {
    const item = { ...RUBRIC, asks_adequate: true };
    const sheet = keys(item, 2, 1, 0);
    expect(sheets.missing(item, sheet)).toBe('adequate');
    const said = { ...sheet, adequate: false };
    expect(sheets.missing(item, said)).toBeNull();
    expect(sheets.decision(item, said).adequate).toBe(false);
  });

  it('opens with what was marked before, which undo leaves', () => {
    const item = { ...RUBRIC, mark: { ...MARK, levels: { evidence: 2, position: 1, test: 0 }, adequate: true } };
    const sheet = sheets.open(item);
    expect(sheets.missing(item, sheet)).toBeNull();
    expect(sheet.comment).toBe('Clear.');
    expect(sheets.undo(item, sheet)).toBeNull();
    expect(sheets.isTouched(item, sheet)).toBe(false);
    expect(sheets.isTouched(item, sheets.digit(item, sheet, 1)!)).toBe(true);
  });

  it('a criterion called like a part of every object has no level either', () => {
    const item = { ...RUBRIC, criteria: [{ id: 'constructor', levels: levels(1) }] };
    expect(sheets.missing(item, sheets.open(item))).toBe('levels');
  });
});

describe('a sheet without a rubric', () => {
  it('takes points in one, by a digit or typed', () => {
    const sheet = keys(BARE, 7);
    expect(sheet.points).toBe('7');
    expect(sheets.decision(BARE, sheet)).toEqual({ levels: {}, points: 7, adequate: null, comment: null });
    expect(sheets.digit({ ...BARE, most: 4 }, sheet, 5)).toBeNull();
    expect(sheets.undo(BARE, sheet)?.points).toBe('');
  });

  it.each([
    ['2.5', 2.5],
    ['2,5', 2.5],
    [' 12 ', 12],
    ['0', 0],
    ['.5', 0.5],
    ['12.1', null],
    ['-1', null],
    ['1e1', null],
    ['', null],
    ['two', null],
    ['1,2,3', null],
    ['Infinity', null]
  ])('%j', (typed, points) => {
    expect(sheets.pointsOf(BARE, typed)).toBe(points);
    expect(sheets.missing(BARE, { ...sheets.open(BARE), points: typed })).toBe(points === null ? 'points' : null);
  });

  it('opens with the points that a person gave, and not with a machine’s', () => {
    expect(sheets.open({ ...BARE, mark: MARK }).points).toBe('3');
    expect(sheets.open({ ...BARE, mark: { ...MARK, by_person: false } }).points).toBe('');
  });
});

describe('the comment', () => {
  it('is only sent when it was changed', () => {
    const item = { ...BARE, mark: MARK };
    const sheet = sheets.open(item);
    expect(sheets.decision(item, sheet).comment).toBeNull();
    expect(sheets.decision(item, { ...sheet, comment: 'Clear. ' }).comment).toBeNull();
    expect(sheets.decision(item, { ...sheet, comment: ' Look again. ' }).comment).toBe('Look again.');
    expect(sheets.decision(item, { ...sheet, comment: '' }).comment).toBe('');
  });
});
