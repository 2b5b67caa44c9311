import { expect, test } from '@jest/globals';
import { checkReplica, objectsOf, visibleSnapshots, wrongObjects } from '../support/replica.ts';
import type { SeededRepository } from '../support/restic.ts';
import { changeTree } from '../support/sample-data.ts';
import { setUpS3Client, type S3Client, type S3ClientOptions } from '../support/s3-client.ts';
import { countForSummary } from '../support/seed.ts';
import type { Fault, S3Request } from '../support/s3-proxy.ts';
import { withoutProgress, type SyncDaemon, type SyncResult } from '../support/syncd.ts';
import { describeWithTools, type Generation } from '../support/tools.ts';

/** Both generations of restic and rclone, and a server. */
export const NEEDS = [
  ...(['debian12/restic', 'debian12/rclone', 'newest/restic', 'newest/rclone'] as const),
  'minio',
] as const;

/** A place that does not answer is given up after this long, in milliseconds. */
const SILENCE_MS = '10000';

interface Hostility {
  readonly fault: Fault;
  /** which requests: `METHOD /path` */
  readonly of: RegExp;
  /** one in so many of them */
  readonly each: number;
}

const PUT = /^PUT .*\/(data|index|snapshots)\//;
const ANY = /^/;

/** Every fault that a pass of its own can have. */
export const HOSTILITIES: readonly Hostility[] = [
  { fault: 'reset', of: ANY, each: 2 },
  { fault: 'reset in the middle', of: PUT, each: 2 },
  { fault: 'truncate', of: ANY, each: 2 },
  { fault: 429, of: ANY, each: 3 },
  { fault: 503, of: ANY, each: 3 },
  { fault: 403, of: PUT, each: 2 },
  { fault: 'slow', of: ANY, each: 4 },
  { fault: 'silent', of: PUT, each: 2 },
  { fault: 'lost', of: PUT, each: 2 },
];

/** Decides by counting: the last one of each so many requests that match. */
function hostile({ fault, of, each }: Hostility): (request: S3Request) => Fault {
  let count = 0;
  return ({ method, path }) =>
    of.test(`${method} ${path}`) && ++count % each === 0 ? fault : undefined;
}

/** Now and then each of them. */
function hostileInTurn(): (request: S3Request) => Fault {
  const all = HOSTILITIES.filter(({ fault }) => fault !== 'silent').map((hostility) =>
    hostile({ ...hostility, each: hostility.each * 9 }),
  );
  return (request) => all.map((decide) => decide(request)).find((fault) => fault !== undefined);
}

/**
 * A server that fails in every way: visible snapshots at the replica are always intact.
 *
 * @param faults those that each have a pass to themselves, one pass for each
 */
export function testHostileServer(generation: Generation, faults: readonly Fault[]): void {
  describeWithTools(NEEDS, 'a hostile server', () => {
    test(`${generation}: visible snapshots are always intact, and when the faults stop, everything arrives`, async () => {
      const client = await setUp(generation);
      await startDaemon(client);
      client.proxy.decide = hostileInTurn();
      for (let pass = 0; pass < 2; pass += 1) await expectWhole(client, await sync(client));
      expect(client.proxy.injected()).toBeGreaterThan(0);
      await expectConverges(client);
      const wanted = HOSTILITIES.filter(({ fault }) => faults.includes(fault));
      expect(wanted).toHaveLength(faults.length);
      for (const [number, hostility] of wanted.entries()) {
        const { fault } = hostility;
        const before = client.proxy.injected();
        await backup(client.seed, number);
        client.proxy.decide = hostile(hostility);

        const result = await sync(client);

        expect({ fault, count: client.proxy.injected() }).not.toEqual({ fault, count: before }); // else it proves nothing
        await expectWhole(client, result);
        if (fault === 'lost')
          expect(result.backends).toMatchObject([{ outcome: 'failed', reason: 'verify' }]);
        if (fault === 'silent')
          expect(result.backends).toMatchObject([{ outcome: 'failed', reason: 'timeout' }]);
        await expectConverges(client);
      }
      await expectReadable(client);
      countForSummary('hostile servers', `rclone of ${generation}`, wanted.length + 2);
    });
  });
}

export async function backup(
  { repository, data }: SeededRepository,
  seed: number,
): Promise<string> {
  changeTree(data, { seed, files: 8 });
  return repository.backup(data);
}

export function setUp(generation: Generation, options: S3ClientOptions = {}): Promise<S3Client> {
  return setUpS3Client(generation, { poll: '1h', watch: false, ...options });
}

type Synced = Pick<SyncResult, 'code' | 'stderr' | 'backends'>;

/** One pass, by the daemon if one runs. */
export async function sync({ syncd, env }: S3Client): Promise<Synced> {
  return syncd.syncHere(['ahost'], env);
}

export function startDaemon({ syncd, env }: S3Client): Promise<SyncDaemon> {
  return syncd.start(['run'], { env: { ...env, BACKUP_SYNCD_SILENCE_MS: SILENCE_MS } });
}

export function uploads({ proxy }: S3Client): string[] {
  return proxy.requests.filter((request) => request.startsWith('PUT'));
}

/** Visible snapshots are intact, and published ones are visible. */
export async function expectWhole({ replica, seed }: S3Client, result?: Synced): Promise<void> {
  expect(wrongObjects(replica)).toEqual([]);
  const visible = visibleSnapshots(replica);
  const published = result?.backends.flatMap((backend) => backend.published) ?? [];
  expect(visible).toEqual(expect.arrayContaining(published.map((id) => `snapshots/${id}`)));
  if (visible.length === 0) return;
  expect(await checkReplica(replica, seed.repository.generation)).toMatchObject({ ok: true });
}

export async function expectConverges(client: S3Client): Promise<void> {
  client.proxy.decide = () => undefined;
  const { code, stderr } = await sync(client);
  expect({ code, said: withoutProgress(stderr) }).toEqual({ code: 0, said: '' });
  expect(objectsOf(client.replica)).toEqual(objectsOf(client.seed.path));
  expect(wrongObjects(client.replica)).toEqual([]);
}

export async function expectReadable({ replica, seed }: S3Client): Promise<void> {
  const { generation } = seed.repository;
  expect(await checkReplica(replica, generation, { readData: true })).toMatchObject({ ok: true });
}
