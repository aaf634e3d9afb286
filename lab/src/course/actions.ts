/** What the panel's buttons do. */
import type { CommandRegistry } from '@lumino/commands';

import type { Api } from '../api/client';
import type { IStep, ISubmission, IUpdated } from '../api/shapes';
import type { Goal } from '../logic/continue';
import { moduleIn } from '../module/find';
import type { IModules, ISubmitter } from '../tokens';
import { FEEDBACK } from '../feedback/command';
import type { OpenDocuments } from './documents';
import type { CourseModel } from './model';

const REVIEW = 'coursekit:review';

export class Actions {
  constructor(
    private readonly api: Api,
    private readonly model: CourseModel,
    private readonly documents: OpenDocuments,
    private readonly commands: CommandRegistry,
    private readonly modules: IModules | null,
    private readonly submitter: ISubmitter | null
  ) {}

  get canSubmit(): boolean {
    return this.submitter !== null && this.modules !== null;
  }

  get canReview(): boolean {
    return this.commands.hasCommand(REVIEW);
  }

  async open(module: string): Promise<void> {
    await this.model.open(module);
  }

  /** To the exact place. */
  async goTo(goal: Goal): Promise<void> {
    if (goal.kind === 'nothing') {
      return;
    }
    const panel = await this.model.open(goal.step.module, goal.cellId ?? undefined);
    const open = panel && goal.prompt && this.modules && (await moduleIn(panel, this.modules));
    if (open && goal.prompt && open.find(goal.prompt)) {
      open.goTo(goal.prompt);
    }
  }

  async submit(module: string): Promise<void> {
    const panel = await this.model.open(module);
    const open = panel && this.modules && (await moduleIn(panel, this.modules));
    if (open && this.submitter) {
      await this.submitter.submit(open);
    }
  }

  /** Save and close the module's documents, merge the newest release, and open again what was open. */
  async update(step: IStep): Promise<IUpdated[]> {
    const update = (): Promise<IUpdated[]> => this.api.update(this.course, step.module);
    return step.folder === null ? update() : this.documents.whileClosed(step.folder, update);
  }

  async openCopy(submission: ISubmission): Promise<void> {
    const { notebook } = await this.api.copySubmission(this.course, submission.submission);
    await this.model.openDocument(notebook);
  }

  async readFeedback(module: string): Promise<void> {
    await this.commands.execute(FEEDBACK, { course: this.course, module });
  }

  async review(): Promise<void> {
    await this.commands.execute(REVIEW, { course: this.course });
  }

  async setTimeZone(zone: string): Promise<void> {
    await this.api.setTimeZone(this.course, zone);
    await this.model.refresh();
  }

  private get course(): string {
    return this.model.course?.course ?? '';
  }
}
