import { expect, test } from '@jest/globals';
import { forgetDiscovered } from '../../../../src/cli/client/forget-discovered.ts';
import { parseConfig } from '../../../../src/config/parse.ts';

test('a client is not removed if its repository may be among the directories that were not checked', async () => {
  const files = [
    { path: 'backup-syncd.yaml', text: 'discover: { glob: /srv/* }' },
    { path: 'clients/a.yaml', text: 'source: { directory: /srv/a }\nbackends: []' },
    { path: 'clients/b.yaml', text: 'source: { directory: /elsewhere/b }\nbackends: []' },
  ];
  const discovery = { found: [], realPaths: [], remembered: [], isCut: true };
  const { config } = parseConfig(files, '/etc/backup-syncd', discovery);
  const written = { root: '/etc/backup-syncd', read: { files, problems: [], discovery } };
  const forget = async (name: string): Promise<boolean> =>
    forgetDiscovered(written, name, {
      config,
      client: config?.clients.find((client) => client.name === name),
    });

  await expect(forget('a')).rejects.toThrow('/srv/* has more directories than are checked');
  expect(await forget('b')).toBe(false);
});
