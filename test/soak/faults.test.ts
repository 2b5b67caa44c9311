import { testFaults } from '../suites/faults.ts';

testFaults('all');
