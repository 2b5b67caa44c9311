import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { keyFileProblem } from '../../src/repository/key-file.ts';
import { keyFile } from '../support/key-file.ts';
import { sha256 } from '../support/memory-location.ts';
import { checkReplica } from '../support/replica.ts';
import { writeRcloneConfig } from '../support/rclone.ts';
import { ResticRepository, seedRepository } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, generations, pathWith } from '../support/tools.ts';

/** Each keeps one generation of restic or both out of a repository whose password it knows. */
const MALFORMED = {
  'no JSON': 'junk',
  'another kdf': keyFile({ kdf: 'argon2' }),
  'an exponent': keyFile().replace('32768', '32768e0'),
  'a second N': keyFile().replace('"N":32768', '"N":"x","N":32768'),
  'a day that there is not': keyFile({ created: '2023-02-29T00:00:00Z' }),
  'an empty nonce': keyFile({ data: Buffer.alloc(160).toString('base64') }),
};

describeWithTools(
  generations.map((generation) => `${generation}/restic` as const),
  'key files',
  () => {
    test.each(generations)('those of restic (%s) are well-formed', async (generation) => {
      const { path } = await seedRepository(generation);
      for (const id of readdirSync(join(path, 'keys')))
        expect(keyFileProblem(id, readFileSync(join(path, 'keys', id)))).toBeUndefined();
    });

    test.each(Object.entries(MALFORMED))(
      'restic refuses a repository for %s, and so do we',
      async (_name, content) => {
        const { path } = await seedRepository('newest');
        const id = sha256(content);
        expect(keyFileProblem(id, Buffer.from(content))).toEqual(expect.any(String));
        for (const real of readdirSync(join(path, 'keys'))) rmSync(join(path, 'keys', real));
        writeFileSync(join(path, 'keys', id), content);
        const said = await ResticRepository.open({ generation: 'newest', path }).tryRun([
          ...['cat', 'config', '--no-lock', '--no-cache'],
        ]);
        // a valid key of another user ends in this
        expect(said.stderr).not.toMatch(/wrong password|no key found/);
        expect(said.code).not.toBe(0);
      },
    );

    test.each(['a directory', 'a remote'])(
      'a junk key in %s is not sent anywhere, and is named',
      async (where) => {
        const { path } = await seedRepository('debian12');
        const junk = sha256('junk');
        writeFileSync(join(path, 'keys', junk), 'junk');
        const replica = temporaryDirectory();
        const rcloneConfig = writeRcloneConfig(join(temporaryDirectory(), 'rclone.conf'), {
          here: { type: 'alias', remote: path },
          there: { type: 'alias', remote: replica },
        });
        const source = where === 'a remote' ? { rclone: 'here:', rcloneConfig } : path;
        const syncd = new Syncd();
        const env = { PATH: pathWith('newest') };
        const remotes = { far: { rclone: 'there:', rcloneConfig } };
        syncd.writeClient('ahost', { source, backends: ['near'], remotes });
        for (const backend of ['near', 'far']) await syncd.init(backend, 'ahost', [], { env });

        const { backends } = await syncd.syncHere(['ahost'], env);
        const status = await syncd.here(['status'], env);

        expect(backends.map(({ outcome }) => outcome)).toEqual(['complete', 'complete']);
        for (const place of [syncd.backend('near'), replica]) {
          expect(readdirSync(join(place, 'keys'))).toHaveLength(1);
          expect(await checkReplica(place, 'debian12')).toMatchObject({ ok: true });
        }
        expect(status.stdout).toContain(`1 malformed key, which is not sent: keys/${junk}`);
        expect(status.code).toBe(1);
      },
    );
  },
);
