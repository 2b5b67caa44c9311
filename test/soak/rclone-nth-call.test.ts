import { expect, test } from '@jest/globals';
import { FailingRclone, type Failing } from '../support/failing-rclone.ts';
import { RigSource } from '../support/rig-source.ts';
import { KINDS } from '../support/rclone-kinds.ts';
import { makeRcloneRig, type RcloneRig } from '../support/rclone-rig.ts';
import { seedRepository } from '../support/restic.ts';
import { countForSummary } from '../support/seed.ts';
import { describeWithTools, type Generation } from '../support/tools.ts';

/** After this many failures, and at the end, the next pass must repair everything. */
const CONVERGE_EACH = 8;
const ATTEMPTS = 10;
/** The verbs for which a pass starts rclone. */
const VERBS = ['backend', 'lsjson', 'cat', 'copy'];

/** A pass in which one start of rclone fails, again and again with another start. */
interface NthCall {
  readonly kind: keyof typeof KINDS;
  readonly how: Failing;
  readonly generation: Generation;
  /** 0: the backend is empty; 1: it has everything but the newest snapshot */
  readonly stage: 0 | 1;
  /** the first, the second … until a pass has no such start; or the first of each verb */
  readonly which: 'every start' | 'one of each verb';
}

interface Trial {
  readonly rig: RcloneRig;
  readonly failing: FailingRclone;
  readonly variant: NthCall;
}

/** Has one start of rclone fail in each pass, and examines the replica after each. */
function testNthCalls(variants: readonly NthCall[]): void {
  const needs = variants.flatMap(({ kind, generation }) => [
    ...([`${generation}/restic`, `${generation}/rclone`] as const),
    ...KINDS[kind].needs,
  ]);
  describeWithTools([...new Set(needs)], 'the Nth start of rclone fails', () => {
    test.each(variants)(
      '$which, $how, to $kind with rclone of $generation',
      async (variant) => {
        const failing = new FailingRclone(variant.generation);
        const rig = await makeRig(variant, failing);
        const trial = { rig, failing, variant };
        if (variant.which === 'every start') await failEach(trial);
        else for (const verb of VERBS) await failFirst(verb, trial);
        const { kind, how, generation } = variant;
        countForSummary('Nth calls', `${kind}, ${how}, rclone of ${generation}`, rig.examined);
        await rig.converge();
      },
      900_000,
    );
  });
}

async function makeRig(
  { kind, generation, stage }: NthCall,
  failing: FailingRclone,
): Promise<RcloneRig> {
  const source = await RigSource.create(await seedRepository(generation), stage);
  return makeRcloneRig({ kind: KINDS[kind], generation, source, env: failing.env });
}

/** Observes the verbs for which an undisturbed pass starts rclone. */
async function observe({ rig, failing, variant }: Trial): Promise<string[]> {
  await rig.setBack(variant.stage);
  failing.heal();
  await rig.converge();
  return failing.calls();
}

/** Runs a pass in which the start of this number fails; returns the verbs for which rclone was started. */
async function failOnce({ rig, failing, variant }: Trial, number: number): Promise<string[]> {
  await rig.setBack(variant.stage);
  failing.fail(number, variant.how);

  const { code, backends } = await rig.place.syncd.sync(['ahost'], { env: failing.env });

  const calls = failing.calls();
  failing.heal();
  const when = `${number}: ${calls[number - 1] ?? 'none'}`;
  await rig.examine(when);
  const { isComplete } = rig;
  if (code === 0) expect({ when, isComplete }).toEqual({ when, isComplete: true });
  else
    expect({ when, code, backends }).toMatchObject({
      when,
      code: 1,
      backends: [{ outcome: 'failed' }],
    });
  if (calls.length < number) expect(code).toBe(0);
  return calls;
}

/** One start after the other, until a pass has no such start. */
async function failEach(trial: Trial): Promise<void> {
  const verbs = new Set<string>();
  for (let number = 1; ; number += 1) {
    const calls = await failOnce(trial, number);
    if (calls.length < number) break;
    verbs.add(verbOf(calls[number - 1]));
    if (number % CONVERGE_EACH === 0) await trial.rig.converge();
  }
  expect([...verbs]).toEqual(expect.arrayContaining(VERBS));
}

/** The first start of a verb. Two starts at the same moment can change places from pass to pass, so it is tried again. */
async function failFirst(verb: string, trial: Trial): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const observed = await observe(trial);
    const number = observed.findIndex((call) => verbOf(call) === verb) + 1;
    expect(number).toBeGreaterThan(0);
    const calls = await failOnce(trial, number);
    if (verbOf(calls[number - 1]) === verb) return;
  }
  throw new Error(`the first ${verb} had another number in each of ${ATTEMPTS} passes`);
}

function verbOf(call = ''): string {
  return call.split(' ')[0] ?? '';
}

const EVERY = { stage: 1, which: 'every start' } as const;

testNthCalls([
  { kind: 'MinIO', stage: 1, which: 'one of each verb', how: 'at once', generation: 'newest' },
  { ...EVERY, kind: 'local path', how: 'at once', generation: 'debian12' },
  { ...EVERY, kind: 'MinIO', how: 'afterwards', generation: 'newest' },
  { ...EVERY, kind: 'MinIO', how: 'for ever', generation: 'debian12' },
]);
