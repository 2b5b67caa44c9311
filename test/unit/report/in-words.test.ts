import { expect, test } from '@jest/globals';
import { renderSnapshots } from '../../../src/cli/render/snapshots.ts';
import { renderBackendCell, renderClientCell } from '../../../src/http/page/cells.ts';
import { showStatus } from '../cli/render/show-status.ts';
import { NOW, sampleBackend, sampleClient, sampleSource } from '../metrics/sample-report.ts';

const DAY = 86_400_000;

/** Four places, of which two were last seen three days ago. */
const client = sampleClient({
  backends: ['usb', 'b2'].map((backend) =>
    sampleBackend({ backend, lastContact: NOW - 3 * DAY, uncountedSince: NOW - 2 * DAY }),
  ),
  protection: {
    ...sampleClient().protection,
    copies: 2,
    unreachableCopies: 2,
    expectedCopies: 3,
  },
});

const PICTURE = { clients: [client], refused: [], unknown: [], notReady: [] };

test('status, page and snapshots show how many copies there are, and how many cannot be reached', () => {
  const words = '4 copies (3 required), 2 not reachable';

  const status = showStatus(PICTURE, { isDetailed: true }).join('\n');

  expect(status).toContain(words);
  expect(status).toMatch(/^usb .*31 complete; does not count as a copy, last contact 3d ago$/m);
  expect(showStatus(PICTURE).join('\n')).toContain('4 (3 required), 2 not reachable');
  expect(renderClientCell(client, NOW).markup).toContain(words);
  const [usb] = client.backends;
  expect(usb && renderBackendCell(usb, NOW).markup).toContain(
    'does not count as a copy, last contact 3d ago',
  );
});

test('status and page tell of a disk that takes turns with the one that is there', () => {
  const away = [{ expectedBackAt: NOW + 3 * DAY, snapshots: 31 }];
  const usb = sampleBackend({ backend: 'usb', away });
  const words = 'another disk is away with 31 complete snapshots, expected by Wed 2026-03-04';

  const report = sampleClient({ backends: [usb] });

  expect(showStatus({ ...PICTURE, clients: [report] }, { isDetailed: true }).join('\n')).toContain(
    words,
  );
  expect(renderBackendCell(usb, NOW).markup).toContain(words);
});

test('status and page call a disk that may be away offline', () => {
  const usb = sampleBackend({
    backend: 'usb',
    state: 'blocked',
    reason: 'not_initialised',
    up: false,
    lastContact: NOW - DAY,
    offlineMs: 4 * DAY,
    expectedBackAt: NOW + 3 * DAY,
  });
  const words = 'offline, expected by Wed 2026-03-04';

  const report = sampleClient({ backends: [usb] });

  expect(showStatus({ ...PICTURE, clients: [report] }, { isDetailed: true }).join('\n')).toContain(
    words,
  );
  expect(renderBackendCell(usb, NOW).markup).toContain(words);
});

test('snapshots: a column says where, another one how many', () => {
  const lines = renderSnapshots(
    [
      {
        id: 'a'.repeat(64),
        snapshotAt: NOW - DAY,
        copies: 2,
        unreachableCopies: 1,
        places: { source: 'complete', nas: 'complete', usb: 'unreachable' },
        protected: false,
      },
    ],
    NOW,
  );

  expect(lines[1]).toMatch(/yes +yes +not reachable +3, 1 not reachable \(too few\)$/);
});

test('snapshots: the host and the first paths, as far as they are known', () => {
  const row = { copies: 1, unreachableCopies: 0, protected: true, places: {} };
  const lines = renderSnapshots(
    [
      { id: 'a'.repeat(64), host: 'web', paths: ['/etc', '/home'], ...row },
      { id: 'b'.repeat(64), host: 'x'.repeat(99), paths: ['/1', '/2', '/3', '/4', '/5'], ...row },
      { id: 'c'.repeat(64), isUnreadable: true, ...row },
      { id: 'd'.repeat(64), ...row },
    ],
    NOW,
  );

  expect(lines.map((line) => line.split(/ {2,}/).slice(4))).toEqual([
    ['HOST', 'PATHS'],
    ['web', '/etc, /home'],
    [`${'x'.repeat(59)}…`, '/1, /2, /3, /4, …'],
    ['unreadable', '-'],
    ['-', '-'],
  ]);
});

test('status and page call no backend up to date with a source that cannot be read: only as last known', () => {
  const nas = sampleBackend();
  delete (nas as { lagMs?: number }).lagMs; // as derived without a valid view
  const report = sampleClient({
    source: sampleSource({ state: 'missing', message: 'there is nothing at /backups/web' }),
    backends: [nas],
  });
  const words = 'up to date, as last known';

  const status = showStatus({ ...PICTURE, clients: [report] }, { isDetailed: true }).join('\n');

  expect(status).toMatch(/^nas +up to date, as last known +3h ago +\?/m);
  expect(renderBackendCell(nas, NOW).markup).toContain(`<span class="status unknown">${words}`);
  expect(renderBackendCell(sampleBackend(), NOW).markup).not.toContain('as last known');
});
