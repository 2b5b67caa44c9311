import type { SavedAtOnce } from '../client/control-protocol.ts';
import type { Context } from './context.ts';

/** Warns a person whose daemon did what was asked, but could not save it. */
export function reportUnsaved(context: Context, client: string, { notSaved }: SavedAtOnce): void {
  if (notSaved !== undefined)
    context.err(`${client}: this could not be saved, so a restart undoes it: ${notSaved}`);
}
