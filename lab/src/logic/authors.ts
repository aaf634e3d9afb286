/**
 * What the course's author wrote stands among the lab's own words, and may be in another language: a voice that reads
 * aloud has to know. One course is shown at a time; the course model says in which language it is.
 */
let language: string | undefined;

/** From now on; empty where nobody says. */
export function setAuthorsLanguage(tag: string): void {
  language = tag || undefined;
}

/** The attributes of an element that holds an author's text and nothing else. */
export function authors(): { dir: 'auto'; lang?: string } {
  return language ? { dir: 'auto', lang: language } : { dir: 'auto' };
}
