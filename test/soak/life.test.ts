import { testLife } from '../suites/life.ts';
import { generations } from '../support/tools.ts';

for (const generation of generations) testLife(generation);
