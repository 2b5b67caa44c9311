import { beforeEach, describe, expect, test } from '@jest/globals';
import { FactStore } from '../../../src/facts/fact-store.ts';
import { initialFacts } from '../../../src/facts/initial.ts';
import type { SyncReport } from '../../../src/facts/sync-report.ts';
import type { Log } from '../../../src/log/log.ts';
import { shownAttempts } from '../../../src/report/shown-attempts.ts';
import { SyncdError, type Reason } from '../../../src/runtime/errors.ts';
import { Attempts } from '../../../src/work/attempts.ts';

const MINUTE = 60_000;
const clock = { at: 0, now: () => clock.at, elapsedMs: () => clock.at, random: () => 0.5 };
const config = { name: 'nas' };
const report: SyncReport = {
  backend: 'nas',
  startedAt: 0,
  endedAt: 1,
  outcome: 'nothing',
  published: [],
  replans: 0,
  sent: { objects: 0, bytes: 0 },
};

let said: string[];
let store: FactStore;
let sync: Attempts;
let audit: Attempts;

beforeEach(() => {
  clock.at = 1_000 * MINUTE;
  said = [];
  store = new FactStore(initialFacts('ahost', ['nas'], clock.at));
  store.updateBackend('nas', 'place', { up: true });
  const options = { config, store, clock, log: logTo(said) };
  sync = new Attempts('sync', options);
  audit = new Attempts('audit', options);
});

function logTo(lines: string[]): Log {
  const log: Log = {
    debug: () => undefined,
    info: (_fields, message) => void lines.push(message),
    warn: (_fields, message) => void lines.push(message),
    error: (_fields, message) => void lines.push(message),
    child: () => log,
  };
  return log;
}

const fail = (attempts: Attempts, reason: Reason, message: string) =>
  attempts.failed(new SyncdError(reason, message), report);
const shown = () => shownAttempts(store.backend('nas').attempts);

describe.each([
  ['the sync', 'an audit', () => [sync, audit] as const],
  ['an audit', 'the sync', () => [audit, sync] as const],
])('a failure of %s', (_one, other, both) => {
  test(`is neither hidden, reset nor counted by ${other} that fails and succeeds`, () => {
    const [failing, another] = both();
    fail(failing, 'tool', 'first');
    fail(failing, 'tool', 'first');
    const before = failing.known;
    fail(another, 'verify', 'second');
    fail(another, 'verify', 'second');
    another.succeeded(report);

    expect(failing.known).toMatchObject(before);
    expect(failing.known).toMatchObject({
      failures: 2,
      nextAttemptAt: clock.at + 2 * MINUTE,
      counters: { failures: { tool: 2 } },
    });
    expect(failing.known.counters.failures).not.toHaveProperty('verify');
    expect(said).toEqual(['first', 'second', 'recovered after 2 failures']);
  });

  test(`is not reported again when ${other} fails for the same reason or recovers`, () => {
    const [failing, another] = both();
    fail(failing, 'tool', 'first');
    fail(another, 'tool', 'second');
    another.succeeded(report);
    fail(failing, 'tool', 'first');

    expect(said).toEqual(['first', 'second', 'recovered after 1 failure']);
  });
});

test('a recovery without a failure changes no facts', () => {
  const { facts } = store;

  audit.recover();
  sync.recover();

  expect(store.facts).toBe(facts);
  expect(said).toEqual([]);
});

test('people see the failure of the sync first, then that of an audit, then neither', () => {
  store.updateBackend('nas', 'attempts', { state: 'idle' });
  fail(audit, 'permission', 'second');
  expect(shown()).toMatchObject({ state: 'blocked', trouble: { message: 'second' }, failures: 1 });
  fail(sync, 'tool', 'first');
  store.updateBackend('nas', 'attempts', { state: 'retrying' });
  expect(shown()).toMatchObject({ state: 'retrying', trouble: { message: 'first' } });

  sync.succeeded(report);
  store.updateBackend('nas', 'attempts', { state: 'syncing' });
  expect(shown()).toMatchObject({ state: 'syncing', trouble: undefined });
  audit.succeeded(report);
  store.updateBackend('nas', 'attempts', { state: 'idle' });
  expect(shown()).toMatchObject({ state: 'idle', trouble: undefined, failures: 0 });
});

test.each([
  { rule: 'begins where nothing failed', up: true, failures: 0, isBegun: true },
  { rule: 'waits after a failure', up: true, failures: 1, isBegun: false },
  { rule: 'waits while the place is away', up: false, failures: 0, isBegun: false },
  { rule: 'waits until the place was reached', up: undefined, failures: 0, isBegun: false },
])('an activity $rule', ({ up, failures, isBegun }) => {
  store.updateBackend('nas', 'place', { up });
  for (let n = 0; n < failures; n++) fail(audit, 'tool', 'no');

  expect(audit.mayBegin()).toBe(isBegun);
});
