import { testFaults } from '../suites/faults.ts';

testFaults('some'); // all in the soak
