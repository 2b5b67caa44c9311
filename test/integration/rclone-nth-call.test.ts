import { expect, test } from '@jest/globals';
import { FailingRclone, type Failing } from '../support/failing-rclone.ts';
import { localPath, makeRcloneLane, s3, type RemoteKind } from '../support/rclone-lane.ts';
import { objectsOf } from '../support/replica.ts';
import { describeWithTools, type Generation } from '../support/tools.ts';

/** After every so many failures it is shown that the next pass mends it; and always in the end. */
const CONVERGE_EACH = 8;

interface Variant {
  readonly kind: RemoteKind;
  readonly how: Failing;
  readonly generation: Generation;
  /** 0: nothing is there; 1: all but the newest snapshot */
  readonly stage: 0 | 1;
}

const VARIANTS: Readonly<Record<string, Variant>> = {
  'a later copy to a local path, once at once': {
    ...{ kind: localPath, how: 'at once', generation: 'debian12', stage: 1 },
  },
  'a later copy to S3, once afterwards': {
    ...{ kind: s3, how: 'afterwards', generation: 'newest', stage: 1 },
  },
  'a later copy to S3, for ever from there on': {
    ...{ kind: s3, how: 'for ever', generation: 'debian12', stage: 1 },
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
        const lane = await makeRcloneLane({
          ...{ kind, generation, env: failing.env, extraSnapshots: stage },
        });
        const verbs = new Set<string>();
        for (let number = 1; ; number += 1) {
          lane.setBack(stage);
          failing.fail(number, how);

          const { code, backends } = await lane.place.syncd.sync(['ahost'], { env: failing.env });

          const calls = failing.calls();
          failing.heal();
          const when = `${number}: ${calls[number - 1] ?? 'none'}`;
          await lane.examine(when);
          const isAllThere = lane.present === objectsOf(lane.source).length;
          if (code === 0) expect({ when, isAllThere }).toEqual({ when, isAllThere: true });
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
