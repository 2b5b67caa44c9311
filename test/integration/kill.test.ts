import { testKills } from '../suites/kill.ts';
import { generations } from '../support/tools.ts';

testKills({ generations, randomKills: 10, atLeast: 50, atLeastPartial: 10 });
