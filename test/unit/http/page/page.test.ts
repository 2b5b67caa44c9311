import { describe, expect, test } from '@jest/globals';
import { percentOf, remainingMs } from '../../../../src/http/page/progress.ts';
import { renderClientPage } from '../../../../src/http/page/client-page.ts';
import { parseFilter } from '../../../../src/http/page/filter.ts';
import type { RecentPass } from '../../../../src/report/recent-passes.ts';
import type { SyncReport } from '../../../../src/facts/sync-report.ts';
import { renderPage } from '../../../../src/http/page/page.ts';
import {
  BACKEND_STATES,
  SOURCE_STATES,
  type ClientReport,
  type SyncProgress,
} from '../../../../src/report/types.ts';
import {
  freshClient,
  manyClients,
  NOW,
  sampleBackend,
  SAMPLE_GROUPS,
  sampleClient,
  sampleReport,
  sampleSource,
  scriptedClient,
  troubledClient,
} from '../../metrics/sample-report.ts';
import { assessed, away, fleet } from '../../report/fleet.ts';

function page(...clients: ClientReport[]): string {
  return renderPage(sampleReport({ clients, refused: [] }), NOW).replaceAll(/\s+/g, ' ');
}

describe('the page', () => {
  test('lists the worst first, equal ones by name', () => {
    const names = ['b', 'a'].map((client) => sampleClient({ client }));
    const text = page(...names, freshClient('c'), troubledClient());
    const order = [...text.matchAll(/id="client-([a-z]+)"/g)].map((match) => match[1]);
    expect(order).toEqual(['db', 'c', 'a', 'b']);
  });

  test('has a column for every backend of any client', () => {
    const other = sampleClient({ client: 'x', backends: [sampleBackend({ backend: 'usb' })] });
    const columns = [...page(sampleClient(), other).matchAll(/<th scope="col">([^<]*)/g)];
    expect(columns.map((match) => match[1])).toEqual(['Client', 'Source', 'nas', 'offsite', 'usb']);
  });

  test('escapes everything', () => {
    const evil = `<script>alert("x")</script>&'`;
    const finding = {
      kind: 'backend_internal' as const,
      severity: 'critical' as const,
      message: evil,
      hint: `\`${evil}\``,
      backend: evil,
    };
    const text = page(
      sampleClient({
        client: evil,
        findings: [finding],
        backends: [sampleBackend({ backend: evil, message: evil, hint: evil })],
        configError: evil,
      }),
    );
    expect(text).not.toContain('<script');
    expect(text).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;');
  });

  test('says what is wrong, with the hint, and the command apart', () => {
    const text = page(troubledClient());
    expect(text).toContain('is the disk mounted?');
    expect(text).toContain('<code>backup-syncd backend init db nas</code>');
    expect(text).toContain('<code>restic unlock</code>');
    expect(text).toContain('blocked: not initialised');
    expect(text).toContain('9h behind (6h allowed)');
  });

  test('says how to begin when there is no client', () => {
    const text = page();
    expect(text).toContain('No clients yet');
    expect(text).toContain('backup-syncd backend init ahost nas');
  });

  test.each([
    [[sampleClient()], 'The client is fine'],
    [[sampleClient(), sampleClient({ client: 'x' })], 'Both clients are fine'],
    [[sampleClient(), freshClient()], 'The state of 1 of 2 clients is not known'],
    [[sampleClient(), freshClient(), troubledClient()], '1 of 3 clients needs attention'],
  ])('has a headline', (clients, headline) => {
    expect(page(...clients)).toContain(`<h1>${headline}</h1>`);
  });

  test('says what concerns the daemon', () => {
    const notReady = [{ client: 'web', message: 'no scan' }];
    const text = renderPage(sampleReport({ notReady, configError: 'line 1: no' }), NOW);
    expect(text).toContain('href="/clients/web">web</a>: no scan');
    expect(text).toContain('href="/clients/broken">broken</a>: it was refused and does not run');
    expect(text).toContain('the old one stays in use: line 1: no');
  });

  test('never says that all is fine while something is refused', () => {
    const clients = [sampleClient()];
    const refused = renderPage(sampleReport({ clients }), NOW);
    expect(refused).toContain('<h1>1 of 2 clients needs attention</h1>');
    const noConfig = renderPage(sampleReport({ clients, refused: [], configError: 'no' }), NOW);
    expect(noConfig).toContain('<h1>The daemon needs attention</h1>');
  });

  test('says that a snapshot is overdue', () => {
    expect(page(sampleClient({ dueAt: NOW - 3_600_000 }))).toContain('overdue by 1h');
  });

  test.each(BACKEND_STATES)('has words for a backend that is %s', (state) => {
    expect(page(sampleClient({ backends: [sampleBackend({ state })] }))).not.toContain('undefined');
  });

  test.each(SOURCE_STATES)('has words for a source that is %s', (state) => {
    expect(page(sampleClient({ source: sampleSource({ state }) }))).not.toContain('undefined');
  });

  test('of 100 clients is small enough for a phone', () => {
    expect(renderPage(sampleReport({ clients: manyClients(100) }), NOW).length).toBeLessThan(
      500_000,
    );
  });

  test('shows a cause once, with the number of clients and their names as links', () => {
    const text = renderPage(sampleReport({ ...fleet(60, away) }), NOW).replaceAll(/\s+/g, ' ');
    expect(text.split('usb is not mounted')).toHaveLength(3); // the heading and one example
    expect(text).toContain('<b>usb is not mounted:</b> all 60 clients');
    expect(text).toContain('<a class="name" href="/clients/host-17">host-17</a>');
  });

  test('a problem shown above is not repeated in each row of a narrow screen', () => {
    const rows = (clients: readonly ClientReport[]) =>
      page(...clients).match(/<td class="[^"]*" data-place="[^"]*">/g);
    const { clients } = fleet(2, away);
    expect(rows(clients)).toEqual(
      Array.from({ length: 2 }, () => [
        '<td class="spare" data-place="source">',
        '<td class="spare" data-place="nas">',
        '<td class="spare" data-place="usb">',
      ]).flat(),
    );
    const copying = assessed(sampleClient({ backends: [sampleBackend({ state: 'syncing' })] }));
    expect(rows([copying])?.[1]).toBe('<td class="" data-place="nas">');
    const nas = sampleBackend();
    delete (nas as { lagMs?: number }).lagMs;
    const gone = sampleClient({ source: sampleSource({ state: 'missing' }), backends: [nas] });
    expect(rows([assessed(gone)])).toEqual([
      '<td class="spare" data-place="source">',
      '<td class="spare" data-place="nas">',
    ]);
  });

  test('a client that is well is one line', () => {
    const [, row = ''] = /<tbody[^>]*>([^]*?)<\/tbody>/.exec(page(sampleClient())) ?? [];
    expect(row.match(/<p/g)).toHaveLength(4); // one for each cell
  });

  test('needs no script and nothing from elsewhere', () => {
    const text = page(troubledClient());
    expect(text).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)|style="| on[a-z]+="/);
  });
});

test('a script without verify is unverified, in words, and no snapshot is claimed to be there', () => {
  const text = page(scriptedClient());

  expect(text).toMatch(
    /data-place="own">.*unverified<.*script exited with 0 2h ago; does not count as a copy/,
  );
  expect(text).not.toMatch(/data-place="own">[^]*?(newest|no lag|no snapshot)/);
});

describe('progress', () => {
  const progress: SyncProgress = {
    phase: 'data',
    startedAt: NOW - 60_000,
    updatedAt: NOW,
    objects: 1,
    totalObjects: 4,
    bytes: 100,
    totalBytes: 400,
  };

  test.each([
    [{}, 25],
    [{ bytes: 399 }, 99],
    [{ bytes: 400 }, 100],
    [{ bytes: 900 }, 100],
    [{ totalBytes: 0, bytes: 0 }, 25],
    [{ totalBytes: 0, bytes: 0, totalObjects: 0, objects: 0 }, 0],
  ])('%j is %d percent', (fields, percent) => {
    expect(percentOf({ ...progress, ...fields })).toBe(percent);
  });

  test('estimates the remaining time only after some progress', () => {
    expect(remainingMs(progress)).toBe(180_000);
    expect(remainingMs({ ...progress, startedAt: NOW - 5000 })).toBeUndefined();
    expect(remainingMs({ ...progress, bytes: 0 })).toBeUndefined();
    expect(remainingMs({ ...progress, bytes: 400 })).toBeUndefined();
  });

  test('is shown, and that it stands still', () => {
    const backend = { ...sampleBackend({ state: 'initial_copy', progress }) };
    const text = page(sampleClient({ backends: [backend] }));
    expect(text).toContain('<b>25 %</b> · about 3m left');
    expect(text).not.toContain('nothing moved');
    const stalled = { ...progress, updatedAt: NOW - 600_000, startedAt: NOW - 900_000 };
    const later = sampleBackend({ state: 'initial_copy', progress: stalled });
    expect(page(sampleClient({ backends: [later] }))).toContain('nothing moved for 10m');
  });

  test('a pass that waits for its turn does not look stalled', () => {
    const waiting = { ...progress, updatedAt: NOW - 600_000, waitingSince: NOW - 600_000 };
    const text = page(
      sampleClient({ backends: [sampleBackend({ state: 'syncing', progress: waiting })] }),
    );
    expect(text).toContain('waiting for its turn');
    expect(text).not.toContain('nothing moved');
  });
});

describe('a filter', () => {
  const report = sampleReport({
    ...fleet(12, (index) => (index < 2 ? away(index) : {})),
  });

  function shown(query: string): string[] {
    const text = renderPage(report, NOW, parseFilter(new URLSearchParams(query)));
    return [...text.matchAll(/id="client-([a-z0-9-]+)"/g)].flatMap(([, name]) => name ?? []);
  }

  test.each([
    ['', 12],
    ['state=warning', 2],
    ['state=warning&state=ok', 12],
    ['state=critical', 0],
    ['name=HOST-1', 3],
    ['state=ok&name=host-0', 7],
    ['state=nonsense&name=', 12],
  ])('?%s shows %d clients', (query, count) => {
    expect(shown(query)).toHaveLength(count);
  });

  test('is kept by the form and by the links to the states', () => {
    const text = renderPage(report, NOW, { states: ['warning'], name: 'a"b' });
    expect(text).toContain('<input type="hidden" name="state" value="warning" />');
    expect(text).toContain('value="a&quot;b"');
    expect(text).toContain('href="/?state=ok&amp;name=a%22b"');
    expect(text).toContain('No client matches.');
    expect(text).toContain('<h1>2 of 12 clients need attention</h1>');
  });

  test('is not offered for a few clients', () => {
    expect(page(sampleClient())).not.toContain('<form');
  });
});

const PASS: SyncReport = {
  backend: 'nas',
  startedAt: NOW - 90_000,
  endedAt: NOW - 60_000,
  outcome: 'complete',
  sent: { objects: 1, bytes: 2048 },
  published: ['a'.repeat(64)],
  replans: 0,
};
const PASSES: readonly RecentPass[] = [
  { pass: PASS, times: 1, firstAt: PASS.startedAt },
  {
    pass: { ...PASS, backend: 'offsite', outcome: 'failed', reason: 'unreachable', message: '<b>' },
    times: 7,
    firstAt: NOW - 3_600_000,
  },
];

describe('the page of a client', () => {
  const rows = Array.from({ length: 40 }, (_, index) => ({
    id: String(index).padStart(64, '0'),
    snapshotAt: NOW - index * 3_600_000,
    copies: 2,
    unreachableCopies: 0,
    protected: false,
    places: { source: 'complete', nas: 'missing', offsite: 'complete' } as const,
  }));

  function clientPage(client: string): string | undefined {
    const report = sampleReport();
    const details = () => ({ snapshots: rows, passes: PASSES, interventions: [] });
    return renderClientPage({ report, client, details, now: NOW })?.replaceAll(/\s+/g, ' ');
  }

  test('has problems, places and snapshots', () => {
    const text = clientPage('db');
    expect(text).toContain('<title>db · backup-syncd</title>');
    expect(text).toContain('2 copies (3 required), 1 not reachable · next snapshot due in 1d 3h');
    expect(text).toContain('<code>backup-syncd backend init db nas</code>');
    expect(text).toContain('<dd>45, 4 failed: 4 not initialised</dd>');
    expect(text).toContain('<dd>1.5 TiB of 3.9 TiB</dd>');
    expect(text).toContain('<td class="where warning">missing</td>');
    expect(text).toContain('<code>backup-syncd snapshots db</code>');
    expect(text?.match(/class="where ok"/g)).toHaveLength(60); // of the newest 30
    expect(text).toContain('1 snapshot, 2 KiB in 1 object, in 30s');
    expect(text).toContain('failed: unreachable');
    expect(text).toContain('&lt;b&gt;; 7 times in 59m');
    expect(text).not.toMatch(/<script|undefined|NaN/);
  });

  test('leaves out unknown facts', () => {
    const text = clientPage('laptop');
    expect(text).toContain('no snapshot required');
    expect(text).not.toMatch(/<dt>(Newest snapshot|Size|Free|Last \w+)<|undefined|NaN/);
  });

  test('of a client that does not run says why', () => {
    expect(clientPage('broken')).toContain('it was refused and does not run');
  });

  test('of a disabled one says since when, by whom and why, and how to end that', () => {
    const disabled = [{ client: 'attic', since: NOW - 86_400_000, by: 'anna', reason: '<sold>' }];
    const report = sampleReport({ clients: [], refused: [], disabled });
    const details = () => ({ snapshots: [], passes: [], interventions: [] });
    const text = renderClientPage({ report, client: 'attic', details, now: NOW }) ?? '';
    expect(text).toContain('disabled 1d ago by anna: &lt;sold&gt;');
    expect(text).toContain('<code>backup-syncd client enable attic</code>');
    const all = renderPage(report, NOW);
    expect(all).toContain('<h1>The client is disabled</h1>');
    expect(all).toContain('disabled 1d ago by anna: &lt;sold&gt;');
    const other = renderPage({ ...report, clients: [sampleClient()] }, NOW);
    expect(other).toContain('<h1>1 client is fine, 1 is disabled</h1>');
    expect(other.match(/id="client-attic"/g)).toHaveLength(1);
  });

  test('has the newest snapshot of each expected host and path', () => {
    const report = sampleReport({ clients: [sampleClient({ groups: SAMPLE_GROUPS })] });
    const details = () => ({ snapshots: [], passes: [], interventions: [] });
    const found = renderClientPage({ report, client: 'web', details, now: NOW }) ?? '';
    const text = found.replaceAll(/\s+/g, ' ');
    expect(text).toContain(
      '<th scope="row">/home from web</th> <td><span class="status warning">overdue',
    );
    expect(text).toContain('<td>2d ago</td> <td>snapshot overdue by 18h</td>');
    expect(text).toContain('Hosts and paths read from nas 3h ago.');
    expect(clientPage('db')).not.toContain('Expected snapshots');
  });

  test('does not exist for an unknown name', () => {
    expect(clientPage('nobody')).toBeUndefined();
  });
});
