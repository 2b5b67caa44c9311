import { expect, test } from '@jest/globals';
import { showStatus } from '../../cli/render/show-status.ts';
import { renderBackendCell, renderSourceCell } from '../../../../src/http/page/cells.ts';
import { proofFacts } from '../../../../src/http/page/proof.ts';
import type { ActivityState, AuditState } from '../../../../src/report/types.ts';
import { NOW, sampleBackend, sampleClient, sampleSource } from '../../metrics/sample-report.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const GIB = 2 ** 30;
const OVERDUE: ActivityState = { name: 'audit', everyMs: DAY, failures: {}, dueAt: NOW - HOUR };

function audit(fields: Partial<AuditState> = {}): AuditState {
  return { auditedAt: NOW - 5 * HOUR, window: { endedAt: NOW }, findings: [], ...fields };
}

const GROWN = sampleBackend({
  lastAudit: audit({
    findings: [
      { finding: 'wrong_size', count: 2, names: [] },
      { finding: 'surplus', count: 340, bytes: 12 * GIB, names: [] },
    ],
    surplus: { snapshots: 5, objects: 340, bytes: 12 * GIB },
  }),
});

test('a place shows the age of its last audit, what was found, and its surplus', () => {
  expect(proofFacts(GROWN, NOW)).toEqual([
    ['Last audit', '5h ago'],
    ['The audit found', '2 wrong size, 340 surplus'],
    ['Surplus', '12 GiB in 340 objects, 5 snapshots'],
  ]);
  expect(proofFacts(sampleBackend(), NOW)).toContainEqual(['The audit found', 'nothing']);
});

test('each finding that is worth a look says what to do, and what came back is shown', () => {
  const found = audit({
    findings: [
      { finding: 'missing', count: 3, names: ['data/00/x'], action: 'run: sync' },
      { finding: 'surplus', count: 1, names: [], action: 'kept' },
    ],
    repaired: [{ from: 'usb', objects: 2, repairedAt: NOW }],
  });
  const facts = proofFacts(sampleBackend({ lastAudit: found }), NOW);
  expect(facts).toContainEqual(['Audit: missing', '3: data/00/x and 2 more; run: sync']);
  expect(facts).toContainEqual(['Repaired', '2 objects came back from usb']);
  expect(facts.filter(([what]) => what.startsWith('Audit: '))).toHaveLength(1);
});

test('of a place that was never audited only that is said', () => {
  const { lastAudit: _, ...source } = sampleSource({ activities: [OVERDUE] });
  expect(proofFacts(source, NOW).filter(([, value]) => value !== undefined)).toEqual([
    ['Last audit', 'never'],
  ]);
});

test('what is overdue stands in the cell of its place', () => {
  const client = sampleClient({ source: sampleSource({ activities: [OVERDUE] }) });
  const late = '<p class="late">audit overdue</p>';
  expect(renderSourceCell(client, NOW).markup).toContain(late);
  expect(renderBackendCell(sampleBackend({ activities: [OVERDUE] }), NOW).markup).toContain(late);
  expect(renderBackendCell(sampleBackend(), NOW).markup).not.toContain('overdue');
});

test('status shows the surplus of a replica', () => {
  const clients = [sampleClient({ backends: [GROWN] })];
  const picture = { clients, refused: [], unknown: [], notReady: [] };
  expect(showStatus(picture, { isDetailed: true }).join('\n')).toMatch(
    /^nas .*31 complete, 12 GiB surplus; the audit found 2 wrong size *$/m,
  );
});
