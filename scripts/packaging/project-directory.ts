import { join } from 'node:path';

/** The checkout. As ../tools/paths.mjs has it, which tests cannot load: they are compiled to CommonJS. */
export const projectDirectory = join(import.meta.dirname, '../..');
