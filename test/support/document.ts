import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDirectory } from './tools.ts';

/** The commands of each section of a document, by its heading, as one script. */
export function commandsIn(document: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(projectDirectory, document), 'utf8');
  const sections = text.split(/^## /m).slice(1);
  return new Map(
    sections.map((section) => [section.slice(0, section.indexOf('\n')), commandsOf(section)]),
  );
}

/**
 * Replaces the names of the examples in commands. Each of these must be in it.
 *
 * @throws Error when a name is not there
 */
export function withNames(script: string, names: ReadonlyMap<string, string>): string {
  let named = script;
  for (const [name, here] of names) {
    const word = new RegExp(`(?<!\\w)${name}(?!\\w)`, 'g'); // not in AWS_ACCESS_KEY_ID
    if (!word.test(named)) throw new Error(`the commands do not name ${name}`);
    named = named.replaceAll(word, here);
  }
  return named;
}

function commandsOf(section: string): string {
  const blocks = [...section.matchAll(/^( *)```sh\n(.*?)^ *```$/gms)];
  return blocks.map(([, indent = '', lines = '']) => unindent(lines, indent)).join('\n');
}

function unindent(lines: string, indent: string): string {
  return lines.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
}
