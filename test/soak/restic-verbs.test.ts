import { generations } from '../support/tools.ts';
import { testKilledVerbs, testRepairs } from '../suites/restic-verbs.ts';

for (const generation of generations) {
  testKilledVerbs(generation);
  testRepairs(generation);
}
