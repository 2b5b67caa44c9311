/** The functions that find kinds in the registry, loaded once the test has put the toy into it. */
export { placeNamed } from './open.ts';
export { parseConfig } from '../../../../src/config/parse.ts';
export { formatProblem, listProblems } from '../../../../src/config/problem.ts';
export { renderJsonSchema } from '../../../../src/config/json-schema.ts';
export { loadOpenings } from '../../../../src/kinds/load-openings.ts';
export { initialise } from '../../../../src/backends/initialise.ts';
export { ClientUnit } from '../../../../src/client/unit.ts';
