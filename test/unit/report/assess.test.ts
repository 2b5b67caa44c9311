import { describe, expect, test } from '@jest/globals';
import { deriveReport, type ReportSettings } from '../../../src/report/derive.ts';
import { initialFacts } from '../../../src/facts/initial.ts';
import { assess } from '../../../src/report/assess.ts';
import { sampleBackend, sampleClient, sampleSource } from '../metrics/sample-report.ts';

const NOW = Date.UTC(2026, 10, 24);
const MINUTE = 60_000;

/** A client without backends whose source was checked some time ago. */
function reportOf({ pollMs, lookedAgoMs }: { pollMs: number; lookedAgoMs?: number }) {
  const settings: ReportSettings = {
    pollMs,
    snapshotEveryMs: null,
    graceMs: 0,
    copies: 1,
    copiesWithinMs: MINUTE,
    sourceLocation: '/source',
    backends: [],
  };
  const facts = initialFacts('ahost', [], NOW);
  const at = lookedAgoMs === undefined ? undefined : NOW - lookedAgoMs;
  const { health } = facts.source;
  const looked = { ...health, state: 'ok', lastScanAt: at, observedAt: at } as const;
  const source = { ...facts.source, health: looked };
  return deriveReport({ ...facts, source }, settings, NOW);
}

describe('a client that is no longer checked', () => {
  test.each([
    { pollMs: MINUTE, lookedAgoMs: 15 * MINUTE, severity: 'ok' },
    { pollMs: MINUTE, lookedAgoMs: 15 * MINUTE + 1, severity: 'unknown' },
    { pollMs: 60 * MINUTE, lookedAgoMs: 600 * MINUTE, severity: 'ok' },
    { pollMs: 60 * MINUTE, lookedAgoMs: 600 * MINUTE + 1, severity: 'unknown' },
  ])('polled every $pollMs ms, last $lookedAgoMs ms ago: $severity', ({ severity, ...times }) => {
    expect(reportOf(times).severity).toBe(severity);
  });

  test('says since when, and what to look at', () => {
    const { findings } = reportOf({ pollMs: MINUTE, lookedAgoMs: 180 * MINUTE });
    expect(findings).toMatchObject([
      {
        severity: 'unknown',
        message: 'the source was last checked 3h ago',
        hint: expect.stringContaining('backup-syncd run'),
      },
    ]);
  });
});

test('corruption at the source is shown once, with the fix, however many backends wait', () => {
  const object = `data/${'c'.repeat(64)}`;
  const waiting = (backend: string) =>
    sampleBackend({
      backend,
      state: 'blocked',
      reason: 'source_corrupt',
      message: `${object} of the source is corrupt`,
      hint: 'repair it',
    });
  const backends = [waiting('nas'), waiting('usb')];
  const source = sampleSource({ state: 'damaged', corrupt: [object] });
  const { findings } = assess(sampleClient({ source, backends }), 0);
  const words = findings.map(({ message, hint = '' }) => `${message} ${hint}`);
  expect(words.filter((text) => text.includes(object.slice(5)))).toHaveLength(1);
  expect(words).toContain('is waiting: the source is damaged ');
});

test('other reasons that hold a backend back are reported too', () => {
  const suspect = { state: 'blocked', reason: 'source_corrupt', message: 'it is suspect' } as const;
  const { findings } = assess(sampleClient({ backends: [sampleBackend(suspect)] }), 0);
  expect(findings.map(({ message }) => message)).toContain(
    'is waiting: the source is damaged: it is suspect',
  );
});
