import type { BackendFacts, ClientFacts, SourceFacts } from '../report/facts.ts';
import { notePass, type RecentPass } from '../report/recent-passes.ts';
import type { SyncReport } from '../report/sync-report.ts';
import { initialBackend } from '../report/initial-facts.ts';

/** Holds what is known of one client. Its loops change it, the report reads it; neither waits for the other. */
export class FactStore {
  private current: ClientFacts;
  private isDirty = false;
  private recent: readonly RecentPass[] = [];

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

  /** Since this process took the client, the newest first. */
  get passes(): readonly RecentPass[] {
    return this.recent;
  }

  notePass(pass: SyncReport): SyncReport {
    this.recent = notePass(this.recent, pass);
    return pass;
  }

  update(patch: Partial<ClientFacts>): void {
    this.current = { ...this.current, ...patch };
  }

  updateSource(patch: Partial<SourceFacts>): void {
    this.update({ source: { ...this.current.source, ...patch } });
  }

  updateBackend(name: string, patch: Partial<BackendFacts>): void {
    const known = this.backend(name);
    if (isKnown(known, patch)) return; // as mostly, when a poll finds nothing new
    const backends = new Map(this.current.backends);
    backends.set(name, { ...known, ...patch });
    this.update({ backends });
  }

  /** Something changed that should not be lost by a crash. */
  markForSaving(): void {
    this.isDirty = true;
  }

  /** Whether something is to be saved, since this was last asked. */
  takeDirty(): boolean {
    const was = this.isDirty;
    this.isDirty = false;
    return was;
  }
}

function isKnown<T extends object>(known: T, patch: Partial<T>): boolean {
  for (const key in patch) if (patch[key] !== known[key]) return false;
  return true;
}
