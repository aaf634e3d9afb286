/** All plugins of the extension. */
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { course } from './course/plugins';
import { feedback } from './feedback/plugin';
import { review } from './review/plugin';

const plugins: JupyterFrontEndPlugin<unknown>[] = [...course, feedback, review];

export default plugins;
