/** Translations for tests: there are none, so English it is. */
import type { ITrans } from '../src/logic/trans';

const fill = (text: string, args: unknown[]): string => text.replace(/%(\d)/g, (_, n) => String(args[Number(n) - 1]));

export const english: ITrans = {
  __: (text, ...args) => fill(text, args),
  _p: (_context, text, ...args) => fill(text, args),
  _n: (one, many, n, ...args) => fill(n === 1 ? one : many, [n, ...args])
};
