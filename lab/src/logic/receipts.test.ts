import { expect, it } from 'vitest';

import { english } from '../../tests/english';
import { sayCommitted, sayReceiptTime, sayRevision } from './receipts';

const clocks = { zone: 'Europe/Berlin', locale: 'en-GB' };
const receipt = { at: '2026-11-27T09:15:30+00:00', short: '1a2b3c', path: '' };

it('is read on the learner’s own clock, with its year', () => {
  expect(sayCommitted(receipt, clocks, english)).toBe('Committed 27 Nov 2026, 10:15 CET, receipt 1a2b3c.');
  expect(sayRevision(receipt, clocks, english)).toBe('Kept beside your answer 27 Nov 2026, 10:15 CET, receipt 1a2b3c.');
});

it('shows what it cannot read as it came', () => {
  expect(sayReceiptTime('some day', clocks)).toBe('some day');
});
