import { testFleet } from '../suites/fleet.ts';

testFleet(50);
