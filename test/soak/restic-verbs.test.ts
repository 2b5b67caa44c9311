import { generations } from '../support/tools.ts';
import { testKilledVerbs } from '../suites/restic-verbs.ts';

for (const generation of generations) testKilledVerbs(generation);
