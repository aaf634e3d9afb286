/**
 * Where the panel stands.
 *
 *     JupyterLab                the first of the left side bar
 *     Notebook 7, its tree      the first tab beside the files
 *     Notebook 7, a notebook    the left side, closed until somebody asks for it
 */
import type { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import type { TabPanel } from '@lumino/widgets';

import type { Role } from '../api/shapes';
import { findTabs } from '../shell';
import type { ICourseModel } from '../tokens';
import type { CoursePanel } from './panel';

/** Before the file browser's 100. */
const FIRST = 0;

export class Stand {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly labShell: ILabShell | null,
    private readonly panel: CoursePanel
  ) {
    if (labShell) {
      labShell.add(panel, 'left', { rank: FIRST, type: 'Course' });
    } else {
      this.placed = app.restored.then(() => this.placeInNotebook());
    }
  }

  /** Bring it to the front. */
  show(): void {
    if (this.tree) {
      this.tree.currentWidget = this.panel;
      return;
    }
    const { shell } = this.app;
    // Notebook 7 has the same call, in a shell of its own kind.
    (shell as unknown as { expandLeft?(id?: string): void }).expandLeft?.(this.panel.id);
    shell.activateById(this.panel.id);
  }

  /** Learners begin with their course; who teaches has other things to do first. The keyboard stays where it is. */
  async openAtStart(model: ICourseModel, wanted: Promise<boolean>): Promise<void> {
    await this.placed;
    await this.labShell?.restored;
    const learns = (await roleIn(model)) === 'learner';
    if (learns && (await wanted) && (this.labShell || this.tree)) {
      this.show();
    }
  }

  private placeInNotebook(): void {
    this.tree = findTabs(this.app.shell);
    if (this.tree) {
      this.panel.title.label = this.panel.title.caption;
      this.tree.insertWidget(0, this.panel);
    } else {
      this.app.shell.add(this.panel, 'left', { rank: FIRST });
    }
  }

  private placed: Promise<void> = Promise.resolve();
  private tree: TabPanel | null = null;
}

/** Theirs in the course that is shown, as soon as there is one. */
function roleIn(model: ICourseModel): Promise<Role> {
  return new Promise(resolve => {
    const look = (): void => {
      if (model.course) {
        model.changed.disconnect(look);
        resolve(model.course.role);
      }
    };
    model.changed.connect(look);
    look();
  });
}
