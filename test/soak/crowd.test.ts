import { testCrowd } from '../suites/crowd.ts';

testCrowd(50);
