import { testFleet } from '../suites/fleet.ts';

testFleet(12);
