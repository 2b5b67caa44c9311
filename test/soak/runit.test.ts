import { testKills, testKillsOfDaemon, testRename, testStopOfTransfer } from '../suites/runit.ts';
import { generations } from '../support/tools.ts';

testKills();
for (const generation of generations) testKillsOfDaemon(generation);
testRename('newest');
testStopOfTransfer('debian12');
