/** What travels between the author panel and its server; coursekit/wire/lab_author.py says the same. */

export interface IAuthorCompetency {
  id: string;
  title: string;
}

export interface IAuthorRubric {
  name: string;
  points: number;
}

/** The master that somebody has open. */
export interface IAuthorModule {
  course: string;
  module: string;
  title: string;
  competencies: IAuthorCompetency[];
  rubrics: IAuthorRubric[];
  exhibits: string[];
}

export interface IAuthorFinding {
  code: string;
  severity: 'error' | 'warning';
  file: string;
  cell: number | null;
  cell_id: string;
  message: string;
  hint: string;
}

/** rubrics.yml or exemplars.yml, as a value. */
export interface IAuthorSheet {
  digest: string;
  value: Record<string, unknown>;
}

export interface IAuthorChange {
  part: 'prompt' | 'reveal' | 'file';
  name: string;
  what: 'new' | 'changed' | 'removed';
}

/** What a release would bring. */
export interface IAuthorChanges {
  before: number | null;
  digest: string;
  changes: IAuthorChange[];
}

export interface IAuthorReleased {
  release: number;
  unchanged: boolean;
}

export interface IAuthorPreview {
  url: string;
}
