import { expect, it } from 'vitest';

import { authors, setAuthorsLanguage } from './authors';

it('names the language of the course, if there is one', () => {
  expect(authors()).toEqual({ dir: 'auto' });
  setAuthorsLanguage('es-MX');
  expect(authors()).toEqual({ dir: 'auto', lang: 'es-MX' });
  setAuthorsLanguage('');
  expect(authors()).toEqual({ dir: 'auto' });
});
