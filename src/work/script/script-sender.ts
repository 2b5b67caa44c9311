import type { Pass } from '../../replication/pass.ts';
import { minus, type Catalogue } from '../../repository/catalogue.ts';
import { HASHED_KINDS } from '../../repository/names.ts';
import {
  countBytes,
  countObjects,
  NO_OBJECTS,
  objectsCommon,
  objectsMinus,
  setOf,
  type Objects,
} from '../../repository/objects.ts';
import type { View } from '../../repository/view.ts';
import { SyncdError } from '../../runtime/errors.ts';
import { agree, grouped, plural } from '../../runtime/plural.ts';
import type { Cause, Sender, SendOptions, Sent, Work } from '../sender.ts';
import { findChanges, type Changes } from './changes.ts';
import type { Judgement } from '../../backends/script/judge.ts';
import { runScript, type Script } from './run-script.ts';
import type { ScriptBackend } from '../../backends/script/script-backend.ts';
import type { Verification } from '../../backends/script/verification.ts';

export interface ScriptSenderOptions {
  readonly backend: ScriptBackend;
  readonly script: Script;
  /** how often to check while it runs, in milliseconds; for tests */
  readonly glanceMs?: number;
}

/** How often the place is checked during a long run, in milliseconds. Its progress is what has arrived. */
const GLANCE_MS = 30 * 60_000;
/** The number of consecutive runs with a prune at the source before it counts as busy. */
const MOST_RUNS = 3;

/** Runs the operator's program with the lists of what came and went. */
export class ScriptSender implements Sender {
  private readonly backend: ScriptBackend;
  private readonly script: Script;
  private readonly glanceMs: number;

  constructor({ backend, script, glanceMs = GLANCE_MS }: ScriptSenderOptions) {
    this.backend = backend;
    this.script = script;
    this.glanceMs = glanceMs;
  }

  private get verification(): Verification | undefined {
    return this.backend.verification;
  }

  /** Each inspection decides whether to run the script, so each must be accurate. */
  isIdle(): boolean {
    return false;
  }

  /**
   * A source without snapshots is no reason to run something that may delete. On request, a script without `verify` always runs,
   * because there is no other way to repeat its work.
   */
  work(view: View, cause: Cause): Work {
    const changes = this.changes(view);
    const { added, removed } = changes;
    const changed = added.length + removed.length;
    const verdict = this.verification?.judge(view);
    const isNothing =
      view.objects.snapshots.count === 0 ||
      (changed === 0 && (verdict === undefined ? cause === 'schedule' : verdict.isComplete));
    return {
      isNothing,
      ...(verdict === undefined ? { objects: added.length } : amountOf(verdict)),
      summary: `${this.script.command[0]} gets ${plural(added.length, 'new snapshot')}, and ${grouped(removed.length)} that ${agree(removed.length, 'is', 'are')} gone`,
    };
  }

  async send(view: View, options: SendOptions): Promise<Sent> {
    let current = view;
    for (let replans = 0; replans < MOST_RUNS; replans++) {
      await this.run(current, options);
      const proven = await this.prove(current, options);
      if (proven !== undefined) return this.succeed(proven, replans);
      current = await options.freshView(options.pass.signal, 'names');
    }
    throw new SyncdError(
      'source_busy',
      `the source was pruned during each of ${MOST_RUNS} runs of ${this.script.command[0]}`,
      'a prune is running at the source; the pass will be retried',
    );
  }

  private changes(view: View): Changes {
    const there = this.verification?.objects?.snapshots;
    return findChanges(view.objects.snapshots, { told: this.backend.told, there });
  }

  private async run(view: View, options: SendOptions): Promise<void> {
    const { source, pass } = options;
    const { verification } = this;
    const glances = verification && this.glance(verification, view, pass);
    const run = {
      owner: this.backend.owner,
      source: source.label,
      signal: pass.signal,
      changes: this.changes(view),
      onOutput: () => {
        if (verification === undefined) pass.alive(); // otherwise progress is what arrives, not what the script prints
      },
    };
    try {
      await pass.turns.take(0, () => runScript(this.script, run)); // how much it moves is not known
    } finally {
      verification?.doubt();
      await glances?.end();
    }
  }

  /** Checks what arrives while a script runs; only that is progress. */
  private glance(verification: Verification, view: View, pass: Pass) {
    let left = verification.judge(view);
    let current: Promise<void> = Promise.resolve();
    const inspection = async () => {
      const verdict = await verification.glance(view, pass);
      if (countObjects(verdict.missing) < countObjects(left.missing)) pass.alive(amountOf(verdict));
      left = verdict;
    };
    const timer = setInterval(() => {
      current = current.then(inspection).catch(() => undefined); // the check after the run reports problems
    }, this.glanceMs);
    return {
      end: async () => {
        clearInterval(timer);
        await current;
      },
    };
  }

  /**
   * Proves and returns the view that is complete there; undefined if the source was pruned in the meantime and the script must run
   * again.
   */
  private async prove(view: View, options: SendOptions): Promise<View | undefined> {
    const { verification } = this;
    if (verification === undefined) return view;
    const { pass, freshView } = options;
    const before = verification.objects ?? NO_OBJECTS;
    const shown = verification.visible;
    let proven = view;
    let verdict = await verification.prove(view, pass);
    if (!verdict.isComplete) {
      proven = await freshView(pass.signal, 'names');
      verdict = verification.settle(proven, pass.now());
    }
    this.report(verification, { before, shown, view: proven }, pass);
    if (verdict.isComplete) return proven;
    if (countObjects(objectsMinus(view.objects, proven.objects)) > 0) return undefined;
    verification.requireNoOtherRepository(proven);
    throw this.incomplete(verification, verdict);
  }

  /** Counts the source's objects that have arrived since the last check. */
  private report(
    verification: Verification,
    { before, shown, view }: { before: Objects; shown: Catalogue; view: View },
    pass: Pass,
  ): void {
    const listed = verification.objects ?? NO_OBJECTS;
    const arrived = objectsCommon(objectsMinus(listed, before), view.objects);
    for (const phase of HASHED_KINDS) {
      const { count: objects, bytes } = setOf(arrived, phase);
      if (objects > 0) pass.moved({ phase, objects, bytes });
    }
    pass.placed({ ...NO_OBJECTS, snapshots: minus(verification.visible, shown) });
  }

  private incomplete({ location }: Verification, { missing }: Judgement): SyncdError {
    const [program] = this.script.command;
    const count = countObjects(missing);
    const kind = HASHED_KINDS.find((candidate) => setOf(missing, candidate).count > 0);
    const [first] = kind === undefined ? [] : setOf(missing, kind).entries();
    const what =
      kind === undefined
        ? `config differs from that of the source`
        : `${plural(count, 'object')} ${agree(count, 'is missing or has', 'are missing or have')} another size, ${kind}/${first?.id ?? ''} first`;
    return new SyncdError(
      'verify',
      `${program} exited with 0, but at ${location.label} ${what}`,
      'run it by hand and see what it leaves out; its new snapshots do not count until everything is there',
    );
  }

  private succeed(view: View, replans: number): Sent {
    const given = view.objects.snapshots;
    this.backend.told = given;
    const wholeConfig = this.verification && { wholeConfig: view.configSha256 };
    return { view, corrupt: [], replans, remember: { told: given, ...wholeConfig } };
  }
}

function amountOf({ missing }: Judgement): { objects: number; bytes: number } {
  return { objects: countObjects(missing), bytes: countBytes(missing) };
}
