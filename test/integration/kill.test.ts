import { testKills } from '../suites/kill.ts';

testKills({ generations: ['newest'], randomKills: 8, atLeast: 25, atLeastPartial: 5 });
