import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageFile } from '../../runtime/package-files.ts';

/** A snapshot, and the objects that came with it, in the order in which restic wrote them. */
export interface Arrival {
  readonly title: string;
  readonly objects: readonly string[];
}

export interface Fixture {
  /** the repository; read-only */
  readonly repository: string;
  /** the files that exist before the first backup: `config` and a key */
  readonly initial: readonly string[];
  readonly password: string;
  readonly arrivals: readonly Arrival[];
}

/** The repository that ships with the program, created by scripts/make-demo-fixture.sh. */
export async function loadFixture(): Promise<Fixture> {
  const directory = packageFile('fixtures/demo');
  const [list, password] = await Promise.all([
    readFile(join(directory, 'arrivals.json'), 'utf8'),
    readFile(join(directory, 'password.txt'), 'utf8'),
  ]);
  const { arrivals } = JSON.parse(list) as { arrivals: Arrival[] };
  return {
    repository: join(directory, 'repository'),
    password: password.trim(),
    initial: arrivals.flatMap(({ objects }) => objects.filter(isInitial)),
    arrivals: arrivals.map(({ title, objects }) => ({
      title,
      objects: objects.filter((name) => !isInitial(name)),
    })),
  };
}

/** The files that `restic init` writes. */
function isInitial(name: string): boolean {
  return name === 'config' || name.startsWith('keys/');
}
