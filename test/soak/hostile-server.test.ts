import { HOSTILITIES, testHostileServer } from '../suites/hostile-server.ts';
import { generations } from '../support/tools.ts';

const faults = HOSTILITIES.map(({ fault }) => fault);

for (const generation of generations) testHostileServer(generation, faults);
