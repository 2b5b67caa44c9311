import { expect, test } from '@jest/globals';
import { SyncdError } from '../../../../src/runtime/errors.ts';
import { onCleanUp } from '../../../support/clean-up.ts';
import { waitFor } from '../../../support/temp.ts';
import type { MemoryCall, MemoryLocation } from '../../../support/memory-location.ts';
import { ClientUnit } from '../../../../src/client/unit.ts';
import { decodeFacts, encodeFacts } from '../../../../src/state/encode.ts';
import { ClientState } from '../../../../src/state/state-schema.ts';
import { Sync } from '../../../../src/work/sync/sync.ts';
import { backup, DAY, makeRig, MINUTE, NEVER, type Rig } from '../../client/fixtures.ts';

/** A remote that holds everything: a poll lists only its snapshots, an audit lists its packs, too. */
async function inSync(): Promise<{ rig: Rig; target: MemoryLocation }> {
  const rig = await makeRig({ remote: true });
  await rig.sync();
  return { rig, target: rig.target('nas') };
}

function start(rig: Rig): void {
  const controller = new AbortController();
  const running = rig.unit.run(controller.signal);
  onCleanUp(async () => {
    controller.abort();
    await running;
  });
}

const polls = async (rig: Rig, count: number) => {
  const { scans } = rig.unit.report().source;
  await waitFor(() => rig.unit.report().source.scans > scans + count, { what: `${count} polls` });
};
const isAudit = ({ method, kind }: MemoryCall) => method === 'list' && kind === 'data';
const audits = ({ calls }: MemoryLocation) => calls.filter(isAudit).length;
const failAudits = (target: MemoryLocation, error: SyncdError) => {
  target.before = (call) => {
    if (isAudit(call)) throw error;
  };
};
const stored = ({ unit, clock }: Rig) =>
  decodeFacts(
    ClientState.parse(JSON.parse(JSON.stringify(encodeFacts(unit.store.facts, clock.at)))),
  );
const badListing = () => new SyncdError('tool', 'the listing breaks off', 'look');

test('once a day all of a backend is listed, and what is lost is sent again', async () => {
  const { rig, target } = await inSync();
  const [pack = ''] = target.place.paths('data/');
  target.place.delete(pack);
  const before = audits(target);
  start(rig);
  await polls(rig, 5);
  expect(audits(target)).toBe(before);

  rig.clock.at += DAY;

  await waitFor(() => target.place.content(pack), { what: 'the lost pack' });
  await polls(rig, 5);
  expect(audits(target)).toBe(before + 1);
  expect(rig.said).toContain(
    'warn 1 object that had been sent is missing or changed; it is sent again',
  );
  expect(rig.backend('nas')).toMatchObject({ state: 'idle', lastListing: rig.clock.at });
});

test('what the first copy has sent is no longer a finding', async () => {
  const rig = await makeRig({ remote: true });
  rig.clock.at += 3 * DAY;

  await rig.sync();

  expect(rig.backend('nas')).toMatchObject({ state: 'idle', lastAudit: { findings: [] } });
});

test('an audit that fails stops no sync, is shown and said, and recovers', async () => {
  const { rig, target } = await inSync();
  failAudits(target, badListing());
  rig.clock.at += DAY;
  start(rig);
  await waitFor(() => rig.backend('nas').state === 'retrying', { what: 'the failure' });
  expect(rig.backend('nas')).toMatchObject({
    reason: 'tool',
    hint: 'look',
    failures: 1,
    stateSince: rig.clock.at,
    nextAttemptAt: rig.clock.at + MINUTE,
    up: true,
  });

  rig.model.act(backup(7));
  await waitFor(() => target.place.names('snapshots').length === 2, { what: 'the new snapshot' });
  await polls(rig, 5);

  expect(rig.backend('nas')).toMatchObject({
    state: 'retrying',
    message: 'the listing breaks off',
    failures: 1,
    lagMs: 0,
    counters: { syncs: 2, failures: {} },
  });
  target.before = () => undefined;
  rig.clock.at += MINUTE;
  await waitFor(() => rig.backend('nas').state === 'idle', { what: 'the next audit' });
  expect(rig.said.filter((line) => /breaks off|recovered/.test(line))).toEqual([
    'warn the listing breaks off',
    'info recovered after 1 failure',
  ]);
});

test('neither an audit that fails nor one that succeeds hides or resets a sync that fails', async () => {
  const { rig, target } = await inSync();
  const failSync = ({ method }: MemoryCall) => {
    if (method === 'receive') throw new SyncdError('verify', 'it was not there');
  };
  target.before = failSync;
  rig.model.act(backup(7));
  await rig.sync();
  await rig.sync();
  const before = audits(target);
  target.before = (call) => {
    failSync(call);
    if (isAudit(call)) throw badListing();
  };
  const failed = {
    state: 'retrying',
    reason: 'verify',
    message: 'it was not there',
    failures: 3,
    counters: { syncs: 4, failures: { verify: 3 } },
  };

  rig.clock.at += DAY;
  start(rig);
  await waitFor(() => rig.backend('nas').failures === 3, { what: 'the next attempt' });
  await polls(rig, 5);
  expect(audits(target)).toBe(before + 1);
  expect(rig.backend('nas')).toMatchObject(failed);

  target.before = failSync;
  rig.clock.at += MINUTE;
  await waitFor(() => rig.backend('nas').lastListing === rig.clock.at, { what: 'a good audit' });
  await polls(rig, 5);
  expect(rig.backend('nas')).toMatchObject(failed);

  target.before = () => undefined;
  rig.clock.at += 4 * MINUTE;
  await waitFor(() => rig.backend('nas').state === 'idle', { what: 'a good sync' });
  expect(rig.said.filter((line) => /not there|breaks off|recovered/.test(line))).toEqual([
    'warn it was not there',
    'warn the listing breaks off',
    'warn it was not there', // a day later
    'info recovered after 1 failure',
    'info recovered after 3 failures',
  ]);
});

test('a place that is away when an audit is due is reported once, and audited when it is back', async () => {
  const { rig, target } = await inSync();
  target.before = () => {
    throw new SyncdError('unreachable', 'no route');
  };
  rig.clock.at += DAY;
  start(rig);
  await waitFor(() => rig.backend('nas').state === 'retrying', { what: 'the failure' });
  await polls(rig, 10);
  expect(rig.backend('nas')).toMatchObject({
    reason: 'unreachable',
    up: false,
    failures: 1,
    counters: { syncs: 2, failures: { unreachable: 1 } },
  });

  target.before = () => undefined;
  rig.clock.at += MINUTE;
  await waitFor(() => rig.backend('nas').lastListing === rig.clock.at, { what: 'the audit' });
  await polls(rig, 2);

  expect(rig.backend('nas')).toMatchObject({ state: 'idle', up: true });
  expect(rig.said.filter((line) => /no route|recovered/.test(line))).toEqual([
    'warn no route',
    'info recovered after 1 failure',
  ]);
});

test('an audit that times out again and again waits longer each time, while the sync reaches the place', async () => {
  const { rig, target } = await inSync();
  failAudits(target, new SyncdError('timeout', 'no end of the listing'));
  const before = audits(target);
  rig.clock.at += DAY;
  start(rig);
  await waitFor(() => rig.backend('nas').failures === 1, { what: 'the failure' });
  await polls(rig, 10);

  expect(audits(target)).toBe(before + 2); // after the first one, the sync looked whether the place is there
  expect(rig.backend('nas')).toMatchObject({ state: 'retrying', reason: 'timeout', up: true });
  rig.clock.at += MINUTE;
  await waitFor(() => rig.backend('nas').failures === 2, { what: 'another failure' });
  expect(rig.backend('nas').nextAttemptAt).toBe(rig.clock.at + 2 * MINUTE);
});

test('a sync that a person asks for lists everything, and ends the failure of an audit', async () => {
  const { rig, target } = await inSync();
  failAudits(target, badListing());
  rig.clock.at += DAY;
  start(rig);
  await waitFor(() => rig.backend('nas').state === 'retrying', { what: 'the failure' });
  target.before = () => undefined;

  await rig.sync();

  expect(rig.backend('nas')).toMatchObject({ state: 'idle', failures: 0 });
  expect(rig.said).toContain('info recovered after 1 failure');
});

test('a later process remembers the failure, and forgets that of an activity that no longer exists', async () => {
  const { rig, target } = await inSync();
  failAudits(target, badListing());
  rig.clock.at += DAY;
  start(rig);
  await waitFor(() => rig.backend('nas').state === 'retrying', { what: 'the failure' });
  const later = rig.restart(stored(rig));
  expect(later.backend('nas')).toMatchObject({ state: 'retrying', reason: 'tool', failures: 1 });

  const without = new ClientUnit({
    ...rig.options,
    facts: stored(rig),
    activities: [(place, looks) => new Sync(place, looks)],
  });

  expect(without.report().backends).toMatchObject([{ state: 'idle', failures: 0 }]);
});

test('an audit that is due waits until the source can be read', async () => {
  const { rig, target } = await inSync();
  rig.source.place.isMissing = true;
  await rig.sync();
  const before = audits(target);
  rig.clock.at += DAY;
  start(rig);
  await polls(rig, 10);
  expect(audits(target)).toBe(before);

  rig.source.place.isMissing = false;

  await waitFor(() => audits(target) > before, { what: 'the audit' });
});

test('nothing is sent from an empty source, and the audit does not advise it', async () => {
  const rig = await makeRig({ history: [] });
  await rig.sync();

  const [, audited] = await rig.unit.audit({}, NEVER);

  expect(audited?.result?.findings).toMatchObject([
    { finding: 'unsent', action: 'they are sent together with the first snapshot of the source' },
  ]);
});
