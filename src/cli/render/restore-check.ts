import { plural } from '../../runtime/plural.ts';
import { printable } from '../../runtime/printable.ts';
import { formatBytes } from '../../runtime/units.ts';
import type { RestoreCheckReport } from '../../work/restore-check/restore-check.ts';
import { detailLines } from './line.ts';

/** The result of a restore check, with what to do if it is not good. */
export function renderRestoreCheck(client: string, check: RestoreCheckReport): string[] {
  const { place, outcome, snapshot = '', files, bytes, message, hint } = check;
  const from = `snapshot ${snapshot.slice(0, 8)} at ${place}`;
  const notes = [message, hint].flatMap((text) => (text === undefined ? [] : [printable(text)]));
  switch (outcome) {
    case 'ok':
      return [
        `${client}: ok: ${from}: ${plural(files, 'file')}, ${formatBytes(bytes)}, restored and correct`,
        ...detailLines(...notes),
      ];
    case 'failed':
      return [`${client}: FAILED: ${from}: ${notes[0] ?? ''}`, ...detailLines(...notes.slice(1))];
    case 'inconclusive':
      return [
        `${client}: inconclusive: ${from}: ${notes[0] ?? ''}`,
        ...detailLines(...notes.slice(1)),
      ];
  }
}
