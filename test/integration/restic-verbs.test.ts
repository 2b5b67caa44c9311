import { generations } from '../support/tools.ts';
import { testKilledVerbs, testMigration, testVerbs } from '../suites/restic-verbs.ts';

for (const generation of generations) testVerbs(generation);
testKilledVerbs('newest');
testMigration();
