import { expect, test } from '@jest/globals';
import { renderClientPage } from '../../../../src/http/page/client-page.ts';
import { renderPage } from '../../../../src/http/page/page.ts';
import type { ClientReport, Intervention } from '../../../../src/report/types.ts';
import { NOW, sampleBackend, sampleClient, sampleReport } from '../../metrics/sample-report.ts';
import { assessed } from '../../report/fleet.ts';

const HOUR = 3_600_000;
const HOSTILE = `<script>alert(1)</script>\u001B[31m\u202E"'`;

const pause = { since: NOW - HOUR, endsAt: NOW + HOUR, by: 'anna (1000)', reason: 'new disks' };

function pageOf(client: ClientReport, interventions: readonly Intervention[] = []): string {
  const report = sampleReport({ clients: [client], refused: [] });
  const details = () => ({ snapshots: [], passes: [], interventions });
  const page = renderClientPage({ report, client: client.client, details, now: NOW }) ?? '';
  return `${renderPage(report, NOW)}${page}`.replaceAll(/\s+/g, ' ');
}

test('a paused client is grey, and says until when, by whom, why, and how to end that', () => {
  const backends = [sampleBackend({ state: 'paused', pause })];
  const text = pageOf(assessed(sampleClient({ pause, backends })));

  expect(text).toContain('<h1>The client is fine, but paused</h1>');
  expect(text).toContain('<tbody class="client unknown" id="client-web">');
  expect(text).toContain('<span class="status unknown">paused</span>');
  expect(text).toMatch(/<p class="note">paused until [^<]* by anna \(1000\): new disks<\/p>/);
  expect(text).toContain('<code>backup-syncd resume web</code>');
});

test('a paused backend says so in its cell and among the places, and its client is as it is', () => {
  const own = { ...pause, reason: 'a new controller' };
  const backends = [
    sampleBackend({ state: 'paused', pause: own }),
    sampleBackend({ backend: 'b2' }),
  ];
  const text = pageOf(assessed(sampleClient({ backends })));

  expect(text).toContain('<tbody class="client ok" id="client-web">');
  expect(text.match(/paused until [^<]*: a new controller/g)).toHaveLength(2);
  expect(text).not.toContain('resume web</code>');
});

test('what people did is listed, with any text that they typed or that a state file holds', () => {
  const by = HOSTILE;
  const text = pageOf(assessed(sampleClient()), [
    { at: NOW - HOUR, what: 'paused', by, reason: HOSTILE, backend: 'nas', endsAt: NOW + HOUR },
    { at: 1e300, what: 'resumed', by },
    { at: NOW - 2 * HOUR, what: 'announced', by, reason: 'a drill', endsAt: 1e300 },
    { at: NOW - 3 * HOUR, what: 'acknowledged', by, reason: 'pruned', message: '3 packs' },
  ]);

  expect(text).toContain('Acknowledgements and pauses');
  expect(text).toMatch(/paused nas until /);
  expect(text).toContain('resumed the client');
  expect(text).toContain('announced removals until unknown');
  expect(text).toContain('acknowledged: 3 packs');
  expect(text).not.toMatch(/<script|\u202E|undefined|NaN/);
});
