import { forgetDisk } from './disks.ts';
import type { BackendFacts, ClientFacts, SourceFacts } from './facts.ts';
import { Wakeup } from '../runtime/wakeup.ts';
import { initialBackend } from './initial.ts';

type BackendChapter = 'place' | 'contents' | 'audit' | 'attempts' | 'restores' | 'progress';

/** Holds the facts about one client. Its loops change them, the report reads them; neither waits for the other. */
export class FactStore {
  private current: ClientFacts;
  /** wakes up what saves the facts */
  readonly unsaved = new Wakeup();

  constructor(facts: ClientFacts) {
    this.current = facts;
  }

  get facts(): ClientFacts {
    return this.current;
  }

  get source(): SourceFacts {
    return this.current.source;
  }

  backend(name: string): BackendFacts {
    return this.current.backends.get(name) ?? initialBackend(0);
  }

  updateHistory(patch: Partial<ClientFacts['history']>): void {
    this.update({ history: { ...this.current.history, ...patch } });
  }

  updatePauses(patch: Partial<ClientFacts['pauses']>): void {
    this.update({ pauses: { ...this.current.pauses, ...patch } });
  }

  updateInterventions(patch: Partial<ClientFacts['interventions']>): void {
    this.update({ interventions: { ...this.current.interventions, ...patch } });
  }

  updateSource<C extends keyof SourceFacts>(chapter: C, patch: Partial<SourceFacts[C]>): void {
    const { source } = this.current;
    this.update({ source: { ...source, [chapter]: { ...source[chapter], ...patch } } });
  }

  updateBackend<C extends BackendChapter>(
    name: string,
    chapter: C,
    patch: Partial<BackendFacts[C]>,
  ): void {
    const known = this.backend(name)[chapter];
    if (isKnown(known, patch)) return; // the usual case, when a poll finds nothing new
    this.replaceBackend(name, { [chapter]: { ...known, ...patch } });
  }

  /** Replaces whole chapters. */
  replaceBackend(name: string, chapters: Partial<BackendFacts>): void {
    const backends = new Map(this.current.backends);
    backends.set(name, { ...this.backend(name), ...chapters });
    this.update({ backends });
  }

  /** Forgets the facts about a place, because the place is another one. */
  forgetPlace(name: string): void {
    this.replaceBackend(name, forgetDisk(this.backend(name)));
  }

  private update(patch: Partial<ClientFacts>): void {
    this.current = { ...this.current, ...patch };
  }

  /** Records that something changed that a crash should not lose. */
  markForSaving(): void {
    this.unsaved.demand();
  }

  /** Whether there is something to save since the last call. */
  takeDirty(): boolean {
    return this.unsaved.takeDemand();
  }
}

function isKnown<T extends object>(known: T, patch: Partial<T>): boolean {
  for (const key in patch) if (patch[key] !== known[key]) return false;
  return true;
}
