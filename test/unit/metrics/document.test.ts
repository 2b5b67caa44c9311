import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderMetricsDoc } from '../../../src/metrics/document.ts';
import { METRICS } from '../../../src/metrics/names.ts';
import { projectDirectory } from '../../support/tools.ts';

test('the document names every metric once', () => {
  const text = renderMetricsDoc();
  for (const name of Object.keys(METRICS)) expect(text.split(`| \`${name}\``)).toHaveLength(2);
});

test('docs/metrics.md is up to date (npm run generate)', () => {
  expect(readFileSync(join(projectDirectory, 'docs/metrics.md'), 'utf8')).toBe(renderMetricsDoc());
});
