import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { layCable } from '../support/cable.ts';
import { initLike, plantBackup, untilAll } from '../support/many-clients.ts';
import { s3Section, startS3, writeRcloneConfig } from '../support/rclone.ts';
import { checkReplica } from '../support/replica.ts';
import { ResticRepository, seedRepository } from '../support/restic.ts';
import { changeTree } from '../support/sample-data.ts';
import { Syncd, type ClientSettings } from '../support/syncd.ts';
import { freePort, temporaryDirectory, waitFor } from '../support/temp.ts';
import { describeWithTools, pathWith } from '../support/tools.ts';

const generation = 'newest';
const POLL = '3s';
/** Clients that are special; the others have a directory. */
const SPECIAL = 5;
/** Data of the first copy that is too large: at the limit it takes minutes. */
const HUGE = { bytes: 64 * 2 ** 20, limit: '512KiB/s' };

const env = { PATH: pathWith(generation) };

async function hugeRepository(): Promise<string> {
  const path = join(temporaryDirectory(), 'repository');
  const data = temporaryDirectory();
  writeFileSync(join(data, 'huge'), randomBytes(HUGE.bytes));
  const repository = await ResticRepository.create({ generation, path });
  await repository.run(['backup', '.', '--pack-size', '4', '--compression', 'off'], { cwd: data });
  return path;
}

/** Processes of rclone that send to a remote path. */
function senders(remote: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return /\brclone copy /.test(line) && line.includes(remote) ? [line] : [];
    } catch {
      return [];
    }
  });
}

/** A fleet in which every source is a copy of one repository, and each backend is ready to be written to. */
async function makeFleet() {
  const seed = await seedRepository(generation);
  const { minio } = await startS3();
  const cable = await layCable(Number(new URL(minio.endpoint).port));
  const mute = await layCable();
  const at = (port: number) => s3Section(`http://127.0.0.1:${port}`, minio);
  const rcloneConfig = writeRcloneConfig(join(temporaryDirectory(), 'rclone.conf'), {
    // a name that no other test uses: its senders are looked for among all processes
    fleet: s3Section(minio.endpoint, minio),
    cable: at(cable.port),
    mute: at(mute.port),
    closed: at(await freePort()),
  });
  const syncd = new Syncd({ limits: { transfers: 2, bandwidth: { offsite: HUGE.limit } } });
  const sources = temporaryDirectory();
  const copySource = (client: string, from = seed.path): string => {
    const source = join(sources, client);
    execFileSync('cp', ['-a', from, source]);
    return source;
  };
  const write = (client: string, places: Partial<ClientSettings>, source = copySource(client)) =>
    syncd.writeClient(client, { source, backends: [], poll: POLL, ...places });
  const remote = (to: string, keys: object = {}) => ({
    rclone: `${to}:bucket/{client}`,
    rcloneConfig,
    ...keys,
  });
  return { seed, minio, cable, syncd, sources, copySource, write, remote };
}

async function init(syncd: Syncd, client: string, backend: string): Promise<void> {
  await syncd.init(backend, client, [], { env });
}

/** @param size the number of clients, five of which are special */
function testFleet(size: number): void {
  describeWithTools(
    ['newest/restic', 'newest/rclone', 'minio'],
    `a fleet of ${size} clients`,
    () => {
      test('small snapshots do not wait for dead remotes, hanging places or a huge first copy', async () => {
        const ordinary = Array.from({ length: size - SPECIAL }, (_, i) => `host${i}`);
        const { seed, minio, cable, syncd, sources, copySource, write, remote } = await makeFleet();
        const [huge, whole] = [await hugeRepository(), copySource('cut')];
        for (const client of ordinary) write(client, { backends: ['nas'] });
        write('near', { remotes: { offsite: remote('fleet') } });
        write('closed', { remotes: { cloud: remote('closed') } });
        write('mute', { remotes: { cloud: remote('mute') } });
        await Promise.all([init(syncd, 'host0', 'nas'), init(syncd, 'near', 'offsite')]);
        const special = [
          () => write('huge', { remotes: { offsite: remote('fleet') } }, huge),
          () =>
            write('cut', { remotes: { cloud: remote('cable', { bandwidth: '32KiB/s' }) } }, whole),
        ];
        for (const add of special) add();
        await Promise.all([init(syncd, 'huge', 'offsite'), init(syncd, 'cut', 'cloud')]);
        for (const client of ['huge', 'cut']) syncd.removeClient(client); // they come later
        for (const client of ordinary) {
          const replica = syncd.backend('nas', client);
          if (client !== 'host0') initLike(syncd.backend('nas', 'host0'), replica, client);
          execFileSync('cp', ['-a', `${join(sources, client)}/.`, replica]); // so that there is less to wait for
        }
        const daemon = await syncd.start(['run', '--log-level', 'debug'], { env });
        const wanted = new Map<string, readonly string[]>([
          ...ordinary.map((client): [string, string[]] => [client, ['nas']]),
          ['near', ['offsite']],
        ]);
        await untilAll(daemon, wanted, (newest, missing) => newest !== undefined && missing === 0);

        // two that keep both slots, if they are let: one too large, one that stops answering in the middle
        for (const add of special) add();
        await waitFor(() => senders('fleet:bucket/huge').length === 1, {
          what: 'the huge first copy',
        });
        await waitFor(() => senders('cable:bucket/cut').length === 1, {
          what: 'the one to be cut',
        });
        cable.cut();

        changeTree(seed.data, { seed: 7 });
        const id = await seed.repository.backup(seed.data);
        const startedAt = performance.now();
        for (const client of wanted.keys()) plantBackup(seed.path, join(sources, client));
        let most = 0;
        const watch = setInterval(() => {
          most = Math.max(most, senders('fleet:bucket/').length);
        }, 100);
        await untilAll(daemon, wanted, (newest, missing) => newest === id && missing === 0);
        clearInterval(watch);
        console.info(
          `${wanted.size} snapshots complete within ${Math.round(performance.now() - startedAt)} ms`,
        );

        // each of them would otherwise have waited for one of these
        expect(await daemon.backend('offsite', 'huge')).toMatchObject({
          state: 'initial_copy',
          snapshots: 0,
        });
        expect(await daemon.backend('cloud', 'cut')).toMatchObject({ state: 'initial_copy' });
        expect(senders('cable:bucket/cut')).toHaveLength(1);
        expect(await daemon.backend('cloud', 'closed')).toMatchObject({
          state: 'retrying',
          reason: 'unreachable',
        });
        expect((await daemon.backend('cloud', 'mute')).up).toBeUndefined();
        expect(most).toBe(1); // one at a time for a name with a limit, so that its sum is never above it
        expect(
          senders('fleet:bucket/huge').every((line) => line.includes('--bwlimit 524288B')),
        ).toBe(true);
        expect(await checkReplica(syncd.backend('nas', 'host1'), generation)).toMatchObject({
          ok: true,
        });
        expect(
          await checkReplica(join(minio.directory, 'bucket', 'near'), generation),
        ).toMatchObject({
          ok: true,
        });
      });
    },
  );
}

testFleet(50);
