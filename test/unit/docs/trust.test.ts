import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { renderTrustDoc } from '../../../scripts/trust-doc.ts';
import { STOP_TEXTS } from '../../../scripts/trust-texts.ts';
import { STOPS } from '../../e2e/tour/stops.ts';
import { projectDirectory } from '../../support/tools.ts';

test('every stop of the tour is described, in its order', () => {
  expect(STOP_TEXTS.map(({ stop }) => stop)).toEqual(STOPS.map(({ name }) => name));
});

test('docs/trust.md is up to date (npm run generate), and its pictures are there', async () => {
  const text = readFileSync(join(projectDirectory, 'docs/trust.md'), 'utf8');
  expect(text).toBe(await renderTrustDoc());
  const pictures = [...text.matchAll(/src="([^"]+)"/g)].map(([, path = '']) => path);
  expect(pictures).toHaveLength(10);
  expect(pictures.filter((path) => !existsSync(join(projectDirectory, 'docs', path)))).toEqual([]);
});
