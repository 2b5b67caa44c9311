import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  planRetirement,
  refuseWithoutIndexes,
  type RetirementQuestion,
} from '../../../src/replication/plan-retirement.ts';
import { Catalogue } from '../../../src/repository/catalogue.ts';
import { NO_OBJECTS, type Objects } from '../../../src/repository/objects.ts';
import {
  parseRetired,
  parseRetiredList,
  renderRetiredList,
  retiredDateOf,
  retiredPath,
} from '../../../src/repository/retired.ts';
import { idOf } from '../../arbitraries/ids.ts';

const set = (...numbers: number[]) => Catalogue.from(numbers.map((n) => [idOf(n), n]));
const objects = (kinds: Partial<Objects>): Objects => ({ ...NO_OBJECTS, ...kinds });
const DATE = '2026-11-28T224928Z';
const LATER = '2026-11-28T224931Z';
const owner = { client: 'ahost', backend: 'nas' };

/** The source has key 1, index 11, snapshot 21; the backend also 2, 12 and 22. */
function question(asked: Partial<RetirementQuestion> = {}): RetirementQuestion {
  return {
    view: {
      takenAt: 0,
      configSha256: '',
      configBytes: 0,
      objects: objects({ keys: set(1), index: set(11), snapshots: set(21) }),
    },
    present: objects({ keys: set(1, 2), index: set(11, 12), snapshots: set(21, 22) }),
    selection: { keys: false, all: false, objects: [] },
    complete: undefined,
    arrivals: undefined,
    owner,
    ...asked,
  };
}

function plan(asked: Partial<RetirementQuestion>): string[] {
  return planRetirement(question(asked)).map(({ kind, id }) => `${kind}/${id}`);
}

const only = (...paths: string[]) => ({ keys: false, all: false, objects: paths });

test('--all takes everything that the source no longer has, snapshots first', () => {
  expect(plan({ selection: { keys: false, all: true, objects: [] } })).toEqual([
    `snapshots/${idOf(22)}`,
    `index/${idOf(12)}`,
    `keys/${idOf(2)}`,
  ]);
});

test('--keys takes keys only, and none that lies at the source, even if it is malformed or waits there', () => {
  const { view } = question();
  const selection = { keys: true, all: false, objects: [] };
  expect(plan({ selection })).toEqual([`keys/${idOf(2)}`]);
  expect(plan({ selection, view: { ...view, listedKeys: set(1, 2) } })).toEqual([]);
});

test.each([
  ['an object of the source', `index/${idOf(11)}`, 'the source still does'],
  ['an object that is nowhere', `index/${idOf(77)}`, 'does not have it'],
  ['and what can be', `index/${idOf(77)}`, 'backup-syncd backend retire ahost nas --all --dry-run'],
  ['a key', `keys/${idOf(2)}`, 'is not the name of an index or a snapshot'],
  ['config', 'config', 'is not the name of an index or a snapshot'],
  ['a pack', `data/00/${idOf(0)}`, 'is not the name of an index or a snapshot'],
  ['a path out of the place', `index/../../x/${idOf(12)}`, 'is not the name'],
  ['too few digits', 'index/000c', 'at least eight digits'],
])('%s cannot be named', (...[, path, message]) => {
  let said = '';
  try {
    plan({ selection: only(path) });
  } catch (error) {
    const { message: what, hint } = error as Error & { hint: string };
    said = `${what}\n${hint}`;
  }
  expect(said).toContain(message);
});

test('digits that stand for two objects choose neither', () => {
  const twins = Catalogue.from(
    ['a', 'b'].map((end) => [`${'12345678'.repeat(7)}1234567${end}`, 1]),
  );
  const present = objects({ index: twins });
  expect(() => plan({ present, selection: only('index/12345678') })).toThrow('matches 2 objects');
});

const index = `index/${idOf(12)}`;
const arrivals = (...order: string[]) => ({ seen: new Set<string>(), order });

test.each([
  ['its snapshot goes as well', { selection: only(index, `snapshots/${idOf(22)}`) }, true],
  ['a snapshot stays that was never complete', { arrivals: arrivals(index) }, false],
  [
    'a snapshot stays that was complete before',
    { complete: set(21, 22), arrivals: arrivals(index) },
    true,
  ],
  [
    'a snapshot stays, and nothing is known of the index',
    { complete: set(21, 22), arrivals: arrivals() },
    false,
  ],
  [
    'a snapshot stays that became complete later',
    { complete: set(21, 22), arrivals: arrivals(index, `snapshots/${idOf(22)}`) },
    false,
  ],
] as const)('an index may go: %s', (...[, asked, isAllowed]) => {
  const planned = () => plan({ selection: only(index), ...asked });
  if (isAllowed) expect(planned()).toContain(index);
  else expect(planned).toThrow(`snapshots/${idOf(22)} may need it`);
});

test('ten thousand snapshots and indexes are planned quickly', () => {
  const numbers = Array.from({ length: 10_000 }, (_, n) => n + 100);
  const order = numbers.slice(0, 2_000).map((n) => `index/${idOf(n)}`);
  const present = objects({ index: set(...numbers), snapshots: set(...numbers) });
  const selection = only(...numbers.slice(0, 500).map((n) => `index/${idOf(n)}`));
  const startedAt = performance.now();

  expect(
    plan({ present, selection, complete: set(...numbers), arrivals: arrivals(...order) }),
  ).toHaveLength(500);

  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

test.each([
  ['its index comes with it', { coming: [12], known: undefined }],
  ['the index came when it was complete', { coming: [], known: arrivals(index) }],
])('a snapshot may come back: %s', (_, { coming, known }) => {
  expect(refusalOf({ coming, known })).toBe('');
});

test('a snapshot does not come back before its index', () => {
  expect(refusalOf({ coming: [] })).toBe(
    `snapshots/${idOf(22)} stays retired: it may need ${index}, which was retired at ${DATE}\n` +
      `move that back first: backup-syncd backend restore-retired ahost nas ${DATE}`,
  );
});

test('a snapshot does not come back when its index is gone from the same directory', () => {
  expect(refusalOf({ coming: [], date: DATE })).toContain('it is gone from there');
});

/** Snapshot 22 and these indexes are moved back; index 12 is retired. */
function refusalOf({
  coming,
  known,
  date = LATER,
}: {
  readonly coming: readonly number[];
  readonly known?: ReturnType<typeof arrivals> | undefined;
  readonly date?: string;
}): string {
  const away = [{ date: DATE, kind: 'index', id: idOf(12) } as const];
  const back = [
    { date, kind: 'snapshots', id: idOf(22) } as const,
    ...coming.map((n) => ({ date, kind: 'index', id: idOf(n) }) as const),
  ];
  try {
    refuseWithoutIndexes(back, away, { complete: set(22), arrivals: known, owner });
    return '';
  } catch (error) {
    const { message, hint } = error as Error & { hint: string };
    return `${message}\n${hint}`;
  }
}

test('a list names exactly what was moved, even if other text is added to it', () => {
  const path = fc.constantFrom(index, `keys/${idOf(1)}`, `snapshots/${idOf(2)}`);
  fc.assert(
    fc.property(
      fc.uniqueArray(path),
      fc.string({ unit: 'binary', maxLength: 40 }),
      (paths, noise) => {
        const read = parseRetiredList(`${renderRetiredList(paths)}${noise}`);
        const exact = noise
          .split('\n')
          .filter((line) => /^(index|keys|snapshots)\/[0-9a-f]{64}$/.test(line));
        expect([...read].sort()).toEqual([...new Set([...paths, ...exact])].sort());
      },
    ),
  );
});

test('only the exact path of a retired object is one', () => {
  const retired = { date: DATE, kind: 'index', id: idOf(12) } as const;
  const path = retiredPath(retired).slice('.backup-syncd/retired/'.length);
  expect(parseRetired(path)).toEqual(retired);
  for (const wrong of [
    ...[`../${path}`, `/${path}`, `./${path}`, `${path}/`, `${path}/x`, path.toUpperCase()],
    ...[path.replace('index', 'data'), path.replace('index', 'locks'), `${DATE}/config`],
    ...[path.replace('T', ' '), path.replace('2026', '26'), path.replace('/', '//'), `${path}\n`],
  ])
    expect(parseRetired(wrong)).toBeUndefined();
});

test('a name made of a date sorts by time', () => {
  expect(retiredDateOf(Date.UTC(2026, 10, 28, 22, 49, 28, 999))).toBe(DATE);
});
