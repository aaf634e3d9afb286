/** What is loaded once somebody writes. */
export { AuthorModel } from './model';
export { AuthorPanel } from './panel';
