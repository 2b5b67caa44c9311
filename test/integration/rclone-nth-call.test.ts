import { expect, test } from '@jest/globals';
import { FailingRclone, type Failing } from '../support/failing-rclone.ts';
import { LaneSource } from '../support/lane-source.ts';
import { KINDS, type Kind } from '../support/rclone-kinds.ts';
import { makeRcloneLane } from '../support/rclone-lane.ts';
import { seedRepository } from '../support/restic.ts';
import { describeWithTools, type Generation } from '../support/tools.ts';

/** After every so many failures it is shown that the next pass mends it; and always in the end. */
const CONVERGE_EACH = 8;

interface Variant {
  readonly kind: Kind;
  readonly how: Failing;
  readonly generation: Generation;
  /** 0: nothing is there; 1: all but the newest snapshot */
  readonly stage: 0 | 1;
}

const VARIANTS: Readonly<Record<string, Variant>> = {
  'a later copy to a local path, once at once': {
    ...{ kind: KINDS['local path'], how: 'at once', generation: 'debian12', stage: 1 },
  },
  'a later copy to S3, once afterwards': {
    ...{ kind: KINDS.MinIO, how: 'afterwards', generation: 'newest', stage: 1 },
  },
  'a later copy to S3, for ever from there on': {
    ...{ kind: KINDS.MinIO, how: 'for ever', generation: 'debian12', stage: 1 },
  },
};

describeWithTools(
  ['debian12/restic', 'debian12/rclone', 'newest/restic', 'newest/rclone', 'minio'],
  'the Nth start of rclone fails, for N = 1, 2, … until none does',
  () => {
    test.each(Object.entries(VARIANTS))(
      '%s',
      async (_name, { kind, how, generation, stage }) => {
        const failing = new FailingRclone(generation);
        const source = await LaneSource.create(await seedRepository(generation), stage);
        const lane = await makeRcloneLane({ kind, generation, source, env: failing.env });
        const verbs = new Set<string>();
        for (let number = 1; ; number += 1) {
          await lane.setBack(stage);
          failing.fail(number, how);

          const { code, backends } = await lane.place.syncd.sync(['ahost'], { env: failing.env });

          const calls = failing.calls();
          failing.heal();
          const when = `${number}: ${calls[number - 1] ?? 'none'}`;
          await lane.examine(when);
          const { isComplete } = lane;
          if (code === 0) expect({ when, isComplete }).toEqual({ when, isComplete: true });
          else
            expect({ when, code, backends }).toMatchObject({
              when,
              code: 1,
              backends: [{ outcome: 'failed' }],
            });
          if (calls.length < number) {
            expect(code).toBe(0);
            break;
          }
          verbs.add(calls[number - 1]?.split(' ')[0] ?? '');
          if (number % CONVERGE_EACH === 0) await lane.converge();
        }
        expect([...verbs]).toEqual(expect.arrayContaining(['backend', 'lsjson', 'cat', 'copy']));
        console.info(`${lane.examined} passes`);
        await lane.converge();
      },
      600_000,
    );
  },
);
