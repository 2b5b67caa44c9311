import { testRace, testSlowFirstCopy } from '../suites/race.ts';
import { generations } from '../support/tools.ts';

for (const generation of generations) testRace({ generation, forMs: 35_000, hasControl: true });
testSlowFirstCopy();
