import { expect, test } from '@jest/globals';
import type { AuditFinding, AuditResult } from '../../../src/facts/audit.ts';
import {
  auditInWords,
  describeAmount,
  describeRepaired,
  worstOf,
} from '../../../src/report/audits.ts';

const one = (finding: AuditFinding['finding'], count = 1): AuditFinding => ({
  finding,
  count,
  names: [],
});
const audit = (findings: AuditFinding[], more: Partial<AuditResult> = {}): AuditResult => ({
  at: 0,
  window: { to: 0 },
  findings,
  ...more,
});

test('the worst finding counts, and what came back is worth a look', () => {
  expect(worstOf(audit([]))).toBe('ok');
  expect(worstOf(audit([one('surplus'), one('retired')]))).toBe('ok');
  expect(worstOf(audit([one('surplus'), one('foreign')]))).toBe('warning');
  expect(worstOf(audit([one('foreign'), one('missing')]))).toBe('critical');
  expect(worstOf(audit([], { repaired: [{ from: 'usb', objects: 1, repairedAt: 0 }] }))).toBe(
    'warning',
  );
});

test('an amount has its size and its first name', () => {
  expect(describeAmount({ ...one('missing', 3), bytes: 2048, names: ['data/x'] })).toBe(
    '3, 2 KiB: data/x and 2 more',
  );
  expect(describeAmount({ ...one('missing'), names: ['data/x'] })).toBe('1: data/x');
  expect(describeAmount(one('leftovers', 4))).toBe('4');
});

test('what came back is counted by the place that it came from', () => {
  const back = (from: string, objects: number) => ({ from, objects, repairedAt: 0 });
  const repaired = [back('source', 1), back('usb', 2), back('usb', 1)];
  expect(describeRepaired(audit([], { repaired }))).toEqual([
    '1 object came back from the source',
    '3 objects came back from usb',
  ]);
});

test('in words, what is shown elsewhere and what needs nothing is left out', () => {
  expect(auditInWords(audit([one('missing', 3), one('stale_keys'), one('surplus')]))).toBe(
    'the audit found 3 missing',
  );
  expect(auditInWords(audit([one('stale_keys')]))).toBeUndefined();
  expect(auditInWords()).toBeUndefined();
});
