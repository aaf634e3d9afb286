/** All plugins of the extension. */
import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { review } from './review/plugin';

const plugins: JupyterFrontEndPlugin<unknown>[] = [review];

export default plugins;
