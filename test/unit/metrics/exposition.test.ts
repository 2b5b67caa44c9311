import { describe, expect, test } from '@jest/globals';
import { Counter, Histogram, Registry } from 'prom-client';
import {
  formatLabels,
  renderExposition,
  renderSamples,
  type Family,
} from '../../../src/metrics/exposition.ts';
import { createMetrics } from '../../../src/metrics/metrics.ts';
import { sampleReport } from './sample-report.ts';

function gauge(fields: Partial<Family>): Family {
  return {
    name: 'a',
    help: 'Help.',
    kind: 'gauge',
    lines: Buffer.from('a 1\n'),
    ...fields,
  };
}

describe('labels', () => {
  test('escape backslash, quote and line end', () => {
    expect(formatLabels({ a: 'x\\y"z\n', b: '' })).toBe('a="x\\\\y\\"z\\n"');
  });

  test('without a value are left out', () => {
    expect(formatLabels({ version: '1', revision: undefined })).toBe('version="1"');
  });
});

describe('a family', () => {
  test('without samples is left out, title and all', () => {
    expect(String(renderExposition([gauge({ lines: Buffer.alloc(0) })], 'text'))).toBe('');
    expect(renderSamples('a', [{ labels: '', value: Number.NaN }])).toBe('');
  });

  test('escapes its help as each format wants it', () => {
    const family = gauge({ help: 'a "b"\n\\c' });
    expect(String(renderExposition([family], 'text'))).toContain('# HELP a a "b"\\n\\\\c\n');
    expect(String(renderExposition([family], 'openmetrics'))).toContain(
      '# HELP a a \\"b\\"\\n\\\\c\n',
    );
  });
});

test('an injected registry is rendered as prom-client does it, counters and histograms too', async () => {
  const registry = new Registry();
  const counter = new Counter({
    name: 'x_total',
    help: 'X.',
    labelNames: ['a'],
    registers: [registry],
  });
  counter.inc({ a: 'b"c' }, 3);
  const histogram = new Histogram({
    name: 'h_seconds',
    help: 'H.',
    buckets: [1, 2],
    registers: [registry],
  });
  histogram.observe(1.5);
  const report = () => sampleReport({ clients: [], refused: [] });
  const { body } = await createMetrics({ report, registry }).scrape();
  const theirs = (await registry.metrics()).replaceAll('\n\n', '\n');
  expect(String(body).endsWith(theirs)).toBe(true);
});
