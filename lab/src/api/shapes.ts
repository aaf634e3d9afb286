/**
 * What travels between the lab and its own Jupyter server (coursekit/wire/lab.py has the same shapes, in Python).
 * Moments are ISO 8601 with an offset. Paths are the lab's: relative to the server's root, with slashes.
 */

/** Why not, and what to do. */
export interface IRefusal {
  code: string;
  reason: string;
  next_step: string;
}

export type Role = 'learner' | 'grader' | 'instructor';

export interface ICourseRow {
  course: string;
  title: string;
  role: Role;
}

export type StepState = 'unreleased' | 'locked' | 'open' | 'in progress' | 'submitted' | 'feedback ready';

/** One module on the learner's path: the exchange's `Step`, and where it is on this server. */
export interface IStep {
  module: string;
  title: string;
  summary: string;
  minutes: number;
  state: StepState;
  refusal: IRefusal | null;
  opens: string | null;
  /** For this learner, extensions counted in. */
  due: string | null;
  closes: string | null;
  extended: boolean;
  release: number | null;
  fetched_release: number | null;
  update_available: boolean;
  /** Required prompts that are committed, of all that are required. The gate counts the same. */
  committed: number;
  required: number;
  submissions: number;
  submitted_at: string | null;
  /** The submission that counts, as things stand. */
  counting: string | null;
  standing: 'in time' | 'late' | 'after closing' | null;
  /** The module's folder and notebook on this server; null until it was opened here once. */
  folder: string | null;
  notebook: string | null;
}

/** A title over some steps, which follow each other. */
export interface IPart {
  id: string;
  title: string;
  summary: string;
  modules: string[];
}

/** Where the learner was last. */
export interface IPlace {
  module: string;
  cell_id: string;
  prompt: string | null;
}

export interface ICourse {
  course: string;
  title: string;
  role: Role;
  /** IANA; the learner's own if they said so, else the course's. */
  time_zone: string;
  course_time_zone: string;
  /** In which the course is written, BCP 47; empty where nobody says. */
  language: string;
  steps: IStep[];
  /** None in a course that is not in parts. */
  parts: IPart[];
  place: IPlace | null;
  /** Ask again with it to wait for a change. */
  etag: string;
}

/** An answer to waiting: nothing has changed. */
export interface IUnchanged {
  unchanged: true;
  etag: string;
}

export interface IOpened {
  folder: string;
  notebook: string;
  release: number;
}

/** A newer release that was merged into the folder. */
export interface IUpdated {
  before: number;
  release: number;
  /** What stood there before; a folder, relative to the module's. */
  copy: string;
  /** What the learner should know, a sentence each. */
  notes: string[];
}

export interface IChoice {
  id: string;
  label: string;
  min_words?: number;
}

export type PromptKind =
  | 'reflection'
  | 'decision'
  | 'estimate'
  | 'confidence'
  | 'self_assessment'
  | 'plan'
  | 'analysis';

/** A prompt as prompts.json has it. What is left out is at its default. */
export interface IPromptDefinition {
  id: string;
  kind: PromptKind;
  title: string;
  /** Markdown; empty for some prompts that stand in the notebook. */
  question: string;
  minutes: number;
  required: boolean;
  min_words: number;
  max_words: number | null;
  options: IChoice[];
  items: IChoice[];
  fields: IChoice[];
  scale: string[];
  unit: string;
  min: number | null;
  max: number | null;
  step: number | null;
}

/**
 * A response, by kind: reflection `{text}`, analysis `{code}`, decision `{choice, reason}`, estimate
 * `{value, reason}`, confidence `{level}` (from 1), self_assessment `{levels: {item: level}}`,
 * plan `{fields: {field: text}}`.
 */
export type Response = Record<string, unknown>;

export interface ICriterion {
  id: string;
  ask: string;
  /** Points → what they stand for, lowest first. */
  levels: [number, string][];
}

export interface IRubric {
  title: string;
  criteria: ICriterion[];
}

/** One display of a reveal: MIME type → content. */
export type Bundle = Record<string, unknown>;

export interface IReceipt {
  at: string;
  /** The first letters of its digest, or of the number of a hand-in: what people read out to each other. */
  short: string;
  /** The file beside the notebook, relative to the server's root. */
  path: string;
}

/** Everything that is known about one prompt and its answer. */
export interface IPrompt extends IPromptDefinition {
  /** What stands in the saved file. */
  response: Response | null;
  /** Words the learner wrote in it. */
  words: number;
  /** Why it could not be committed as it stands; null when it could. */
  refusal: IRefusal | null;
  /** What was sealed; null before. */
  sealed: Response | null;
  receipt: IReceipt | null;
  /** What stands in the file is another answer than the sealed one. */
  revised: boolean;
  /** Receipts of revisions, oldest first. */
  revisions: IReceipt[];
  /** What the commitment opened; null before. */
  reveal: Bundle[] | null;
  rubric: IRubric | null;
}

export interface IModule {
  course: string;
  module: string;
  title: string;
  folder: string;
  notebook: string;
  release: number | null;
  prompts: IPrompt[];
}

/** How a form's answer stands after it was saved. */
export interface ISaved {
  prompt: IPrompt;
  /** A number as it was understood, such as “8451”; empty for other kinds, and where it is none yet. */
  heard: string;
}

export interface ICommitted {
  prompt: IPrompt;
  /** 1 for the commitment itself, 2 and up for a revision beside it. */
  revision: number;
  /** Required prompts of the module that are still to be committed. */
  missing: string[];
  /** What its learner should know besides, a sentence each; such as a revealed file that has no place. */
  warnings: string[];
}

/** One cell as the lab shows it: what is collected must say the same. */
export interface IShownCell {
  cell_id: string;
  source: string;
}

export interface ISubmission {
  submission: string;
  at: string;
  release: number;
  standing: 'in time' | 'late' | 'after closing';
  late_seconds: number;
  counts: boolean;
  withdrawn: boolean;
  feedback: boolean;
  /** The first letters of its number, by which its receipt is known. */
  short: string;
  /** Staff who handed it in on the learner's behalf. */
  by: string | null;
}

export interface IHandedIn {
  submission: string;
  receipt: IReceipt;
  missing: string[];
  opened: string[];
  standing: 'in time' | 'late' | 'after closing';
  counts: boolean;
  due: string | null;
  /** What its learner should know besides, a sentence each. */
  warnings: string[];
}

export interface IFeedbackCheck {
  label: string;
  state: 'found' | 'maybe' | 'not-found';
  quote: string;
  start: number | null;
  end: number | null;
}

export interface IFeedbackItem {
  prompt: string;
  title: string;
  question: string;
  answer: string;
  is_code: boolean;
  score: number;
  max_score: number;
  waiting: boolean;
  comment: string;
  rows: { label: string; value: string }[];
  left_out: number;
  problem: string;
  parts: { label: string; score: number; max_score: number; waiting: boolean }[];
  checks: IFeedbackCheck[];
  next_step: string;
  checks_note: string;
}

/** Feedback on one submission, as feedback.json has it. */
export interface IFeedback {
  submission: string | null;
  submitted_at: string | null;
  given_at: string;
  score: number;
  max_score: number;
  penalty: number;
  waiting: number;
  items: IFeedbackItem[];
}

export interface IPointer {
  ask: string;
  state: 'found' | 'maybe' | 'not-found';
  text: string;
  quote: string;
  start: number | null;
  end: number | null;
}

export interface IPromptPointers {
  prompt: string;
  title: string;
  pointers: IPointer[];
  next_step: string;
  footer: string;
  appealed: boolean;
}

export interface IPointers {
  module: string;
  state: 'nothing handed in' | 'being checked' | 'checked' | 'not checked';
  submission: string | null;
  submitted_at: string | null;
  prompts: IPromptPointers[];
}
