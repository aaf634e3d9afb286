/** Small things that the panel's parts share. */
import type { ISignal } from '@lumino/signaling';
import * as React from 'react';

import { sayError } from '../api/say';
import type { ITrans } from '../logic/trans';

/** Draw again whenever a signal is given. */
export function useSignal(signal: ISignal<unknown, unknown>): void {
  const [, draw] = React.useReducer((n: number) => n + 1, 0);
  React.useEffect(() => {
    const slot = (): void => draw();
    signal.connect(slot);
    // What happened between drawing and listening.
    draw();
    return () => {
      signal.disconnect(slot);
    };
  }, [signal]);
}

/** The time, renewed often enough for “3 hours left”. */
export function useNow(every = 30_000): Date {
  const [now, setNow] = React.useState(() => new Date());
  React.useEffect(() => {
    const timer = window.setInterval(() => setNow(new Date()), every);
    return () => window.clearInterval(timer);
  }, [every]);
  return now;
}

export interface IDeed {
  busy: boolean;
  /** What went wrong the last time; empty when nothing did. */
  trouble: string;
  /** One at a time: a second press while the first goes on is no second deed. */
  run(deed: () => Promise<unknown>): void;
  forget(): void;
}

export function useDeed(trans: ITrans): IDeed {
  const [busy, setBusy] = React.useState(false);
  const [trouble, setTrouble] = React.useState('');
  const running = React.useRef(false);
  const run = (deed: () => Promise<unknown>): void => {
    if (running.current) {
      return;
    }
    running.current = true;
    setBusy(true);
    setTrouble('');
    deed()
      .catch(error => setTrouble(sayError(error, trans)))
      .finally(() => {
        running.current = false;
        setBusy(false);
      });
  };
  return { busy, trouble, run, forget: () => setTrouble('') };
}
