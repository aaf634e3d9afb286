/** All plugins of the extension. */
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { author } from './author/plugin';
import { course } from './course/plugins';
import { feedback } from './feedback/plugin';
import { modules } from './module/plugin';
import { plain } from './plain/plugin';
import { preview } from './preview/plugin';
import { reading } from './reading/plugin';
import { review } from './review/plugin';
import { submit } from './submit/plugin';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  ...course,
  modules,
  feedback,
  reading,
  review,
  submit,
  plain,
  preview,
  author
];

export default plugins;
