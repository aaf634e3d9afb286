import { describe, expect, it } from 'vitest';

import { english } from '../../tests/english';
import {
  daysBetween,
  knownZone,
  localeOf,
  momentOf,
  sayCloses,
  sayDue,
  sayMoment,
  sayOpens,
  zonesToChoose
} from './dates';

const at = (text: string): Date => new Date(text);
const berlin = { zone: 'Europe/Berlin', locale: 'en-GB' };
const NOW = at('2027-01-20T09:00:00+01:00');
// Browsers put a narrow space that is not a plain one before AM and PM.
const plain = (text: string): string => text.replace(/\s/gu, ' ');

describe('a due date', () => {
  it.each([
    ['2027-01-20T17:00:00+01:00', 'Due today, 17:00 CET', '8 hours left', 'soon'],
    ['2027-01-20T09:00:30+01:00', 'Due today, 09:00 CET', 'less than a minute left', 'soon'],
    ['2027-01-20T09:01:00+01:00', 'Due today, 09:01 CET', '1 minute left', 'soon'],
    ['2027-01-20T09:59:59+01:00', 'Due today, 09:59 CET', '59 minutes left', 'soon'],
    ['2027-01-20T10:00:00+01:00', 'Due today, 10:00 CET', '1 hour left', 'soon'],
    ['2027-01-21T08:00:00+01:00', 'Due tomorrow, 08:00 CET', '23 hours left', 'soon'],
    ['2027-01-21T23:59:00+01:00', 'Due tomorrow, 23:59 CET', '1 day left', 'soon'],
    ['2027-01-23T17:00:00+01:00', 'Due Sat 23 Jan, 17:00 CET', '3 days left', 'calm'],
    ['2027-02-03T17:00:00+01:00', 'Due Wed 3 Feb, 17:00 CET', '14 days left', 'calm'],
    ['2027-02-04T17:00:00+01:00', 'Due Thu 4 Feb, 17:00 CET', '', 'calm'],
    ['2028-02-04T17:00:00+01:00', 'Due Fri 4 Feb 2028, 17:00 CET', '', 'calm'],
    ['2027-01-20T08:00:00+01:00', 'Was due today, 08:00 CET', '', 'past'],
    ['2027-01-19T23:59:00+01:00', 'Was due yesterday, 23:59 CET', '', 'past'],
    ['2027-01-10T23:59:00+01:00', 'Was due Sun 10 Jan, 23:59 CET', '', 'past']
  ])('%s', (due, when, left, tone) => {
    const said = sayDue(at(due), NOW, berlin, english);
    expect({ ...said, when: plain(said.when).replace(/(\w{3}),? (\d+ \w{3})/u, '$1 $2') }).toEqual({
      when,
      left,
      tone
    });
  });

  it('presses nobody who has handed in', () => {
    expect(sayDue(at('2027-01-20T17:00:00+01:00'), NOW, berlin, english, true)).toMatchObject({
      left: '',
      tone: 'calm'
    });
    expect(sayDue(at('2027-01-10T17:00:00+01:00'), NOW, berlin, english, true).tone).toBe('calm');
  });

  it('is on the clocks of its reader: the same moment is another day in Auckland', () => {
    const due = at('2027-01-20T17:00:00Z');
    const now = at('2027-01-20T09:00:00Z');
    expect(plain(sayDue(due, now, { zone: 'Pacific/Auckland', locale: 'en-NZ' }, english).when)).toMatch(
      /^Due tomorrow, 6:00 am NZDT$/i
    );
    expect(plain(sayDue(due, now, { zone: 'America/Lima', locale: 'en-US' }, english).when)).toBe(
      'Due today, 12:00 PM GMT-5'
    );
  });

  it('counts days on the clocks, not in 24 hours: one of them is an hour short in spring', () => {
    const zone = 'Europe/Berlin';
    expect(daysBetween(at('2027-03-27T12:00:00+01:00'), at('2027-03-28T12:00:00+02:00'), zone)).toBe(1);
    expect(daysBetween(at('2027-03-28T00:30:00+01:00'), at('2027-03-28T23:30:00+02:00'), zone)).toBe(0);
    expect(daysBetween(at('2027-01-01T00:30:00+01:00'), at('2026-12-31T23:30:00+01:00'), zone)).toBe(-1);
  });

  it('is said in the language of the lab', () => {
    const german = plain(sayMoment(at('2027-01-24T23:59:00+01:00'), NOW, { zone: 'Europe/Berlin', locale: 'de-DE' }));
    expect(german).toContain('24. Jan');
    expect(german).toContain('23:59 MEZ');
  });
});

describe('opening and closing', () => {
  it('says when a door opens by itself', () => {
    expect(sayOpens(at('2027-01-20T17:00:00+01:00'), NOW, berlin, english)).toBe('Opens today, 17:00 CET');
    expect(sayOpens(at('2027-01-21T07:00:00+01:00'), NOW, berlin, english)).toBe('Opens tomorrow, 07:00 CET');
    expect(sayOpens(at('2027-01-25T07:00:00+01:00'), NOW, berlin, english)).toMatch(/^Opens Mon,? 25 Jan/u);
  });

  it('says until when late work counts, and that it no longer does', () => {
    expect(sayCloses(at('2027-01-20T17:00:00+01:00'), NOW, berlin, english)).toBe(
      'Late work counts until today, 17:00 CET.'
    );
    expect(sayCloses(at('2027-01-21T17:00:00+01:00'), NOW, berlin, english)).toBe(
      'Late work counts until tomorrow, 17:00 CET.'
    );
    expect(sayCloses(at('2027-01-28T17:00:00+01:00'), NOW, berlin, english)).toMatch(/^Late work counts until Thu/u);
    expect(sayCloses(at('2027-01-19T17:00:00+01:00'), NOW, berlin, english)).toMatch(
      /^Closed Tue.* does not count\.$/u
    );
  });
});

describe('zones and languages', () => {
  it.each([
    ['Europe/Berlin', 'Europe/Berlin'],
    ['Nowhere/Atlantis', 'UTC'],
    ['', 'UTC']
  ])('a zone that nobody knows is UTC: %s', (zone, known) => expect(knownZone(zone)).toBe(known));

  it.each([
    ['en', ['en-GB', 'de'], 'en-GB'],
    ['en', ['de-AT', 'de'], 'en'],
    [undefined, ['en-GB'], 'en-GB'],
    ['', [], 'en'],
    ['de_DE', ['de-AT'], 'de-DE'],
    ['de', ['en-US', 'de-AT'], 'de-AT'],
    ['not a language', [], 'en']
  ])('the lab speaks %s, the browser %s', (lab, browser, locale) => expect(localeOf(lab, browser)).toBe(locale));

  it('offers each zone once, the likely ones first', () => {
    expect(zonesToChoose('Africa/Lagos', 'Europe/Berlin', 'Europe/Berlin', ['Africa/Lagos', 'Asia/Tokyo'])).toEqual([
      'Africa/Lagos',
      'Europe/Berlin',
      'UTC',
      'Asia/Tokyo'
    ]);
  });

  it('takes only moments for moments', () => {
    expect(momentOf(null)).toBeNull();
    expect(momentOf('an unknown time')).toBeNull();
    expect(momentOf('2027-01-20T09:00:00+01:00')).toEqual(NOW);
    expect(momentOf('2027-01-20 08:00 UTC')).toEqual(NOW);
  });
});
