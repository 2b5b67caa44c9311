// npm run man: writes the man pages of all commands to dist/man/.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { renderManPages } from './packaging/man-pages.ts';

const directory = new URL('../dist/man/', import.meta.url);
rmSync(directory, { recursive: true, force: true });
mkdirSync(directory, { recursive: true });
const documents = 'backup-syncd/docs, below the directory that "npm root --global" prints';
for (const [name, text] of renderManPages(documents)) writeFileSync(new URL(name, directory), text);
