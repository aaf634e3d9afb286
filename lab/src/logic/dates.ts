/** Moments as people read them: on their own clocks, the zone named, in words where they are near. */
import type { ITrans } from './trans';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Further away than that, the date alone says more than a number of days. */
const NEAR_DAYS = 14;

/** Whose clocks, and how dates are written there. */
export interface IClocks {
  /** IANA. */
  zone: string;
  /** BCP 47. */
  locale: string;
}

/** The zone if the browser knows it, else UTC: a moment can always be said. */
export function knownZone(zone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone || 'UTC';
  } catch {
    return 'UTC';
  }
}

/**
 * The lab's language as dates need it. The lab says `de_DE` or just `en`; who reads English in Lagos and in Boston
 * writes dates in different ways, so the browser's own preference wins where it is of the same language.
 */
export function localeOf(labLanguage: string | undefined, preferred: readonly string[]): string {
  // JupyterLab 4.2 does not know its language before the translations are there.
  const wanted = (labLanguage || 'en').replace('_', '-');
  const language = wanted.split('-')[0].toLowerCase();
  const candidates = wanted.includes('-')
    ? [wanted]
    : [...preferred.filter(p => p.split('-')[0].toLowerCase() === language), wanted];
  return candidates.find(isLocale) ?? 'en';
}

function isLocale(tag: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}

/** Midnights between two moments on those clocks: 0 today, 1 tomorrow, -1 yesterday. */
export function daysBetween(from: Date, to: Date, zone: string): number {
  return Math.round((dayNumber(to, zone) - dayNumber(from, zone)) / DAY);
}

function dayNumber(moment: Date, zone: string): number {
  const options = { timeZone: knownZone(zone), calendar: 'gregory', numberingSystem: 'latn' } as const;
  const parts = new Intl.DateTimeFormat('en', {
    ...options,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric'
  }).formatToParts(moment);
  const of = (type: string): number => Number(parts.find(p => p.type === type)?.value);
  return Date.UTC(of('year'), of('month') - 1, of('day'));
}

/** “23:59 CET”. */
export function sayTime(moment: Date, clocks: IClocks): string {
  return format(moment, clocks, { hour: 'numeric', minute: '2-digit', timeZoneName: 'short' });
}

/** “Sun, 24 Jan, 23:59 CET”; with the year where it is another one. */
export function sayMoment(moment: Date, now: Date, clocks: IClocks): string {
  const year = (at: Date): string => format(at, clocks, { year: 'numeric' });
  return format(moment, clocks, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...(year(moment) === year(now) ? {} : { year: 'numeric' }),
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short'
  });
}

function format(moment: Date, clocks: IClocks, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(clocks.locale, { ...options, timeZone: knownZone(clocks.zone) }).format(moment);
}

/** A moment that the server sent, or null where it is none. */
export function momentOf(text: string | null): Date | null {
  // The feedback's own way to write one, which not every browser can read.
  const moment = new Date(text?.replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC$/, '$1T$2Z') ?? NaN);
  return Number.isNaN(moment.getTime()) ? null : moment;
}

/** A due date in two parts, the moment and how far it is, and whether it presses. */
export interface IDue {
  when: string;
  /** “3 days left”; empty where it says nothing. */
  left: string;
  tone: 'calm' | 'soon' | 'past';
}

/** `done`: it is handed in already, so nothing presses any more. */
export function sayDue(due: Date, now: Date, clocks: IClocks, trans: ITrans, done = false): IDue {
  const days = daysBetween(now, due, clocks.zone);
  const time = sayTime(due, clocks);
  const left = due.getTime() - now.getTime();
  if (left < 0) {
    const when =
      days === 0
        ? trans.__('Was due today, %1', time)
        : days === -1
          ? trans.__('Was due yesterday, %1', time)
          : trans.__('Was due %1', sayMoment(due, now, clocks));
    return { when, left: '', tone: done ? 'calm' : 'past' };
  }
  const when =
    days === 0
      ? trans.__('Due today, %1', time)
      : days === 1
        ? trans.__('Due tomorrow, %1', time)
        : trans.__('Due %1', sayMoment(due, now, clocks));
  return {
    when,
    left: done ? '' : sayLeft(left, days, trans),
    tone: !done && left < 2 * DAY ? 'soon' : 'calm'
  };
}

function sayLeft(left: number, days: number, trans: ITrans): string {
  if (left < MINUTE) {
    return trans.__('less than a minute left');
  }
  if (left < HOUR) {
    return trans._n('%1 minute left', '%1 minutes left', Math.floor(left / MINUTE));
  }
  if (left < DAY) {
    return trans._n('%1 hour left', '%1 hours left', Math.floor(left / HOUR));
  }
  return days <= NEAR_DAYS ? trans._n('%1 day left', '%1 days left', days) : '';
}

/** When a module will open by itself. */
export function sayOpens(opens: Date, now: Date, clocks: IClocks, trans: ITrans): string {
  const days = daysBetween(now, opens, clocks.zone);
  const time = sayTime(opens, clocks);
  if (days === 0) {
    return trans.__('Opens today, %1', time);
  }
  return days === 1 ? trans.__('Opens tomorrow, %1', time) : trans.__('Opens %1', sayMoment(opens, now, clocks));
}

/** Until when late work still counts, or that it no longer does. */
export function sayCloses(closes: Date, now: Date, clocks: IClocks, trans: ITrans): string {
  const days = daysBetween(now, closes, clocks.zone);
  if (closes.getTime() < now.getTime()) {
    return trans.__('Closed %1. What you hand in now is kept; it does not count.', sayMoment(closes, now, clocks));
  }
  if (days === 0) {
    return trans.__('Late work counts until today, %1.', sayTime(closes, clocks));
  }
  return days === 1
    ? trans.__('Late work counts until tomorrow, %1.', sayTime(closes, clocks))
    : trans.__('Late work counts until %1.', sayMoment(closes, now, clocks));
}

/** All zones that the browser knows, the most likely first: the one that holds, the computer's, the course's, UTC. */
export function zonesToChoose(current: string, computer: string, course: string, all: readonly string[]): string[] {
  return [...new Set([current, computer, course, 'UTC', ...all])].filter(Boolean);
}
