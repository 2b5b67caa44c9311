import { join } from 'node:path';

/** Where Grafana's packages are: PREVIEW_MODULES, or `npm ci` in this directory has put them here. */
export const modules = process.env.PREVIEW_MODULES ?? join(import.meta.dirname, 'node_modules');
