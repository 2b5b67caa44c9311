// Texts that Debian wants in each package.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDirectory } from './project-directory.ts';
import { sourceDate } from './source-date.ts';

/** 1.2.0-rc.1 is older than 1.2.0 in npm; in Debian, only a tilde says so. */
export function debianVersion(version: string): string {
  return version.replace('-', '~');
}

/** Debian's form of a changelog, which names the real one. */
export function debianChangelog(version: string): string {
  const control = readFileSync(join(projectDirectory, 'deploy/debian/control'), 'utf8');
  const [, maintainer = ''] = /^Maintainer: (.*)$/m.exec(control) ?? [];
  const date = new Date(sourceDate() * 1000).toUTCString().replace('GMT', '+0000');
  return `backup-syncd (${version}) unstable; urgency=medium

  * See /usr/share/doc/backup-syncd/CHANGELOG.md.

 -- ${maintainer}  ${date}
`;
}

export function debianCopyright(): string {
  const license = readFileSync(join(projectDirectory, 'LICENSE'), 'utf8');
  return `${license}
The program contains other packages of npm, with licences of their own:
  in the bundle         /usr/lib/backup-syncd/dist/LICENSES.txt
  beside the bundle     /usr/lib/backup-syncd/node_modules/*/LICENSE
`;
}
