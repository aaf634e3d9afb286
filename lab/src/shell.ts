/**
 * A view of ours where there is room for it.
 *
 *     JupyterLab                the main area
 *     Notebook 7, its tree      a tab beside the files
 *     Notebook 7, a notebook    the right side: the page itself is the notebook
 */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { TabPanel, type Widget } from '@lumino/widgets';

/** Notebook 7's shell can do more than its interface for extensions says. */
interface IShell extends JupyterFrontEnd.IShell {
  expandRight?(id?: string): void;
}

/** Add it if need be, and bring it to the front. */
export function showView(app: JupyterFrontEnd, widget: Widget): void {
  const shell: IShell = app.shell;
  // Only JupyterLab's main area takes more than one widget.
  if ('mode' in shell) {
    if (!widget.isAttached) {
      shell.add(widget, 'main');
    }
    shell.activateById(widget.id);
    return;
  }
  const tree = findTabs(shell);
  if (tree) {
    if (!widget.isAttached) {
      tree.addWidget(widget);
    }
    tree.currentWidget = widget;
    return;
  }
  if (!widget.isAttached) {
    shell.add(widget, 'right', { rank: 0 });
  }
  shell.expandRight?.(widget.id);
  shell.activateById(widget.id);
}

/** The tabs of Notebook 7's tree; null anywhere else. */
export function findTabs(shell: JupyterFrontEnd.IShell): TabPanel | null {
  for (const widget of shell.widgets('main')) {
    if (widget instanceof TabPanel) {
      return widget;
    }
  }
  return null;
}
