import { SourceProblem } from './source-problem.ts';
import { stateOf, type SourceRecord } from './source-record.ts';
import { agree, grouped, plural } from '../runtime/plural.ts';

/** A loss at a source. */
export interface Loss {
  readonly what: 'config' | 'keys' | 'index' | 'data';
  readonly record: SourceRecord;
  /** of the source, for people */
  readonly label: string;
  readonly client: string;
}

/** Describes what has vanished and what to do about it, for people. */
export function describeLoss(loss: Loss): { readonly message: string; readonly hint: string } {
  return { message: messageOf(loss), hint: hintOf(loss) };
}

/** The problem of a source without a valid view, because something has vanished from it. */
export function lossProblem(loss: Loss): SourceProblem {
  const state = stateOf(loss.record);
  const { message, hint } = describeLoss(loss);
  return new SourceProblem(state === 'ok' ? 'suspect' : state, message, hint);
}

function messageOf({ what, record, label }: Loss): string {
  if (what === 'config') return `config has vanished from ${label}`;
  if (what === 'keys') return `all valid keys have vanished from ${label}`;
  if (what === 'index' || record.incompleteLooks > 0) {
    return `${whichIndexes(record.lostIndex?.count)} vanished from ${label}, and no new one has appeared`;
  }
  const { count = 0, total = 0 } = record.vanished ?? {};
  const share = total === 0 ? '' : ` (${formatShare(count / total)})`;
  return `${grouped(count)} of ${plural(total, 'pack')}${share} ${agree(count, 'has', 'have')} vanished from ${label}, and no index was replaced`;
}

function whichIndexes(count: number | undefined): string {
  if (count === undefined) return 'indexes have';
  return count === 1 ? 'an index has' : `${grouped(count)} indexes have`;
}

function formatShare(share: number): string {
  return share < 0.01 ? 'less than 1 %' : `${Math.round(share * 100)} %`;
}

function hintOf({ what, record, client }: Loss): string {
  const ack = `backup-syncd ack ${client} --reason TEXT`;
  if (record.isReplacing)
    return 'restic is running there; this clears when it has written new indexes';
  if (what === 'data' && stateOf(record) === 'suspect')
    return `this can be a loss, or a prune that removed the leftovers of a killed backup or prune: run 'restic check' there; if it passes, run: ${ack}`;
  if (what === 'data')
    return `run 'restic check' there. If it fails, put the packs back, for example from a backend; if it passes, or you accept the loss, run: ${ack}`;
  if (what === 'index')
    return `put them back, for example from a backend, or run 'restic repair index' there; if 'restic check' then passes, run: ${ack}`;
  const it = what === 'keys' ? 'them' : 'it';
  return `find out who removed ${it}, and put ${it} back, for example from a backend; if the repository was abandoned, run: ${ack}`;
}
