#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

/**
 * dist/main.js: runs the bundled program with what V8 had compiled of it when it was built, as compiling takes longer than
 * a short pass. V8 refuses what another version has compiled, or one with other flags; then, and where there is none, it
 * compiles the program itself, and nothing but time is lost. Nothing is ever written.
 */
declare const PROGRAM: string; // by the build; its name holds the hash of its content, and so does that of what was compiled

type Program = (require: NodeJS.Require, filename: string) => void;

const filename = join(dirname(import.meta.filename), PROGRAM);
const code = readFileSync(filename, 'latin1');
const script = new Script(code, { filename, cachedData: readCompiled(`${filename}.compiled`) });
const program = script.runInThisContext() as Program;
program(createRequire(filename), filename);

function readCompiled(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
