/**
 * What travels between the review panel and its Jupyter server (coursekit/wire/lab_review.py, in Python).
 * Places in an answer are counted in characters (code points), not in UTF-16 units.
 */

export type Group = 'appeal' | 'flagged' | 'unread' | 'uncertain' | 'audit';
export type Order = 'doubt' | 'random';

export interface IReviewPrompt {
  prompt: string;
  title: string;
  answers: number;
  marked: number;
  waiting: number;
  groups: Record<Group, number>;
  passed: number;
}

export interface IReviewModule {
  module: string;
  title: string;
  prompts: IReviewPrompt[];
  /** Why it cannot be reviewed; empty where it can. */
  problem: string;
}

export interface IReviewModules {
  course: string;
  modules: IReviewModule[];
}

export interface IQueueItem {
  id: string;
  prompt: string;
  group: Group;
  why: string;
  blind: boolean;
  /** A person still has to read it. */
  waits: boolean;
  words: number;
}

export interface IReviewQueue {
  module: string;
  title: string;
  prompt: string;
  order: Order;
  items: IQueueItem[];
  answers: number;
  marked: number;
  flagged: number;
}

export interface ISpan {
  start: number;
  end: number;
}

export interface IReviewCriterion {
  id: string;
  ask: string;
  levels: [number, string][];
  /** Null where a person alone reads for it. */
  state: 'found' | 'maybe' | 'not-found' | null;
  /** The best sentence first. */
  spans: ISpan[];
  /** What its learner reads about it. */
  told: string;
}

export interface IMark {
  points: number | null;
  comment: string;
  by_person: boolean;
  levels: Record<string, number>;
  adequate: boolean | null;
}

export interface IReviewItem {
  id: string;
  prompt: string;
  title: string;
  question: string;
  group: Group;
  why: string[];
  blind: boolean;
  appeal: string;
  text: string;
  left_out: number;
  words: number;
  min_words: number;
  language: string;
  /** Empty without a rubric: points in one then. */
  criteria: IReviewCriterion[];
  most: number;
  flags: { question: string; spans: ISpan[] }[];
  has_suggestion: boolean;
  seen: boolean;
  /** The rubric has no rule for what an adequate attempt is: a person says. */
  asks_adequate: boolean;
  mark: IMark | null;
  /** To be sent along with a decision. Nobody needs to read it. */
  expected: string;
}

export interface ISuggestion {
  mean: number;
  sd: number;
  most: number;
  length_driven: boolean;
  levels: { criterion: string; level: number; low: number; high: number }[];
  rests_on: [string, number][];
  nearest: [string, number, number][];
}

export interface IDecision {
  levels: Record<string, number>;
  points: number | null;
  adequate: boolean | null;
  /** Null leaves the one that is there. */
  comment: string | null;
  expected: string;
}

export interface IDecided {
  item: string;
  points: number;
  most: number;
  adequate: boolean;
  mark: IMark | null;
  expected: string;
}

export interface IComment {
  id: string;
  text: string;
}

/** Somebody else was quicker. */
export interface IConflict {
  detail: string;
  mark: IMark | null;
  expected: string;
}
