import { testKills, testKillsOfDaemon, testStopOfTransfer } from '../suites/runit.ts';
import { generations } from '../support/tools.ts';

testKills();
for (const generation of generations) testKillsOfDaemon(generation);
testStopOfTransfer('debian12');
