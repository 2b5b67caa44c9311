import { testKills } from '../suites/kill.ts';
import { generations } from '../support/tools.ts';

testKills({ generations, randomKills: 60, atLeast: 150, atLeastPartial: 30 });
