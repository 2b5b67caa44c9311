import type { Location } from '../../../../src/locations/location.ts';

/** The rows of the toy kind in the table of routes: it receives from its own kind only. */
export const TOY_ROUTES = { toy: { toy: (source: Location) => source } };
