import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startS3, writeRcloneConfig } from '../support/rclone.ts';
import { checkReplica } from '../support/replica.ts';
import { seedRepository } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, pathWith, type Generation } from '../support/tools.ts';

interface AuditedPlace {
  readonly place: string;
  readonly audit?: {
    readonly findings: readonly { readonly finding: string; readonly count: number }[];
    readonly repaired?: readonly { readonly from: string; readonly objects: number }[];
  };
}

const packsOf = (root: string) =>
  readdirSync(join(root, 'data'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.length > 60)
    .map((name) => join('data', name))
    .sort();

const contentsOf = (root: string, paths: readonly string[]) =>
  paths.map((path) => readFileSync(join(root, path)).toString('base64'));

/** How many objects came back there. */
function repairedAt(audit: AuditedPlace['audit']): number {
  return (audit?.repaired ?? []).reduce((sum, { objects }) => sum + objects, 0);
}

/** A client with directories, remotes at S3, and a script whose result is verified: each of them twice but the last. */
async function setUp(generation: Generation) {
  const seed = await seedRepository(generation);
  const { minio, section } = await startS3();
  const rcloneConfig = writeRcloneConfig(join(temporaryDirectory(), 'rclone.conf'), {
    s3: section,
  });
  const syncd = new Syncd();
  const own = join(temporaryDirectory(), 'own');
  const script = join(temporaryDirectory(), 'bring');
  writeFileSync(script, `#!/bin/sh\nmkdir -p ${own}\ncp -rn "$BACKUP_SYNCD_SOURCE/." ${own}\n`);
  chmodSync(script, 0o755);
  const cloud = (prefix: string) => ({ rclone: `s3:bucket/${prefix}`, rcloneConfig });
  const remotes = {
    c1: cloud('one'),
    c2: cloud('two'),
    own: { script: [script], verify: { directory: own } },
  };
  await syncd.addClient('ahost', { source: seed.path, backends: ['near', 'far'], remotes });
  const env = { PATH: pathWith(generation) };
  for (const name of ['c1', 'c2']) await syncd.init(name, 'ahost', [], { env });
  expect((await syncd.syncHere(['ahost'], env)).code).toBe(0);
  const bucket = join(minio.directory, 'bucket');
  const roots = {
    near: syncd.backend('near'),
    far: syncd.backend('far'),
    c1: join(bucket, 'one'),
    c2: join(bucket, 'two'),
    own,
  };
  const audit = async (...args: readonly string[]) => {
    const { code, stdout } = await syncd.here(['audit', 'ahost', '--json', ...args], env);
    const { clients } = JSON.parse(stdout) as { clients: [{ audits: AuditedPlace[] }] };
    return { code, places: new Map(clients[0].audits.map((one) => [one.place, one.audit])) };
  };
  return { seed, roots, audit };
}

/** Loses the same packs at every kind of place but one, and has an audit bring them back. */
export function testAuditRepairs(generation: Generation): void {
  describeWithTools(
    [`${generation}/restic`, `${generation}/rclone`, 'minio'],
    `an audit, with restic and rclone of ${generation}`,
    () => {
      test('what is lost comes back from the source, by a script, or from a backend of any kind to one of any kind', async () => {
        const { seed, roots, audit } = await setUp(generation);
        const places = { ...roots, source: seed.path };
        const [inDirectory = '', atRemote = '', third = ''] = packsOf(seed.path);
        rmSync(join(roots.own, third));
        const byScript = await audit('--backend', 'own');
        expect(byScript.places.get('own')).toMatchObject({
          repaired: [{ from: 'source', objects: 1 }],
        });
        expect(existsSync(join(roots.own, third))).toBe(true);

        const packs = [inDirectory, atRemote];
        const original = contentsOf(seed.path, packs);
        for (const [name, root] of Object.entries(places)) {
          if (name !== 'near') rmSync(join(root, inDirectory));
          if (name !== 'c1') rmSync(join(root, atRemote));
        }

        const { code, places: audited } = await audit();

        for (const root of [roots.near, roots.far, roots.c1, roots.c2])
          expect(contentsOf(root, packs)).toEqual(original);
        const counts = ['near', 'far', 'c1', 'c2'].map((name) => repairedAt(audited.get(name)));
        expect(counts).toEqual([1, 2, 1, 2]);
        expect(existsSync(join(seed.path, inDirectory))).toBe(false); // I12
        expect(audited.get('source')?.findings).toMatchObject([{ finding: 'missing', count: 2 }]);
        expect(code).toBe(2);
        expect(await checkReplica(roots.near, generation, { readData: true })).toMatchObject({
          ok: true,
        });
      });
    },
  );
}
