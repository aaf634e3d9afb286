/** A receipt as people read it out to each other. */
import type { IReceipt } from '../api/shapes';
import { knownZone, momentOf, type IClocks } from './dates';
import type { ITrans } from './trans';

/** “27 Nov 2026, 10:15 CET”: the year always, for a receipt is read long afterwards. */
export function sayReceiptTime(at: string, clocks: IClocks): string {
  const moment = momentOf(at);
  return moment === null
    ? at
    : new Intl.DateTimeFormat(clocks.locale, {
        day: 'numeric',
        month: 'short',
        year: 'numeric',
        hour: 'numeric',
        minute: '2-digit',
        timeZoneName: 'short',
        timeZone: knownZone(clocks.zone)
      }).format(moment);
}

/** When it was sealed, and which receipt proves it. */
export function sayCommitted(receipt: Pick<IReceipt, 'at' | 'short'>, clocks: IClocks, trans: ITrans): string {
  return trans.__('Committed %1, receipt %2.', sayReceiptTime(receipt.at, clocks), receipt.short);
}

export function sayRevision(receipt: Pick<IReceipt, 'at' | 'short'>, clocks: IClocks, trans: ITrans): string {
  return trans.__('Kept beside your answer %1, receipt %2.', sayReceiptTime(receipt.at, clocks), receipt.short);
}
