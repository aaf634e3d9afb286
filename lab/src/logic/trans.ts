/** What the logic needs of JupyterLab's translations: the same calls, so that their words are found and extracted. */
export interface ITrans {
  __(msgid: string, ...args: unknown[]): string;
  /** With a context, where one English word has two meanings. */
  _p(context: string, msgid: string, ...args: unknown[]): string;
  _n(msgid: string, plural: string, n: number, ...args: unknown[]): string;
}
