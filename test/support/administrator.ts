import { isPrinted, type Step } from './document-session.ts';
import type { Machine } from './machine.ts';
import type { Session } from './session.ts';
import { freePort, waitFor } from './temp.ts';

/** Where there is nothing that a document could mean. */
const HOME = '/srv/root';

/** Root of a machine, who follows a document to the letter. */
export class Administrator {
  private readonly terminals = new Map<number, Session>();
  private readonly machine: Machine;
  private readonly addresses: ReadonlyMap<string, string>;

  private constructor(machine: Machine, addresses: ReadonlyMap<string, string>) {
    this.machine = machine;
    this.addresses = addresses;
  }

  /** @param ports those of the document, which others may use here */
  static async of(machine: Machine, ports: readonly number[]): Promise<Administrator> {
    const addresses = new Map<string, string>();
    for (const port of ports) addresses.set(`127.0.0.1:${port}`, `127.0.0.1:${await freePort()}`);
    return new Administrator(machine, addresses);
  }

  /** Throws unless the commands succeed, and print what the document shows. */
  async follow({ line, ...step }: Step): Promise<void> {
    if (step.kind !== 'commands') throw new Error(`line ${line}: no commands`);
    const { terminal, text, printed } = step;
    const session = this.terminal(terminal);
    const here = this.here(text);
    if (terminal !== 1) {
      session.start(here);
      return;
    }
    const once = async (): Promise<true> => {
      const { output, failed } = await session.type(here);
      if (printed === undefined ? failed !== undefined : !isPrinted(printed, output, HOME))
        throw new Error(`line ${line}: expected:\n${printed}printed (${failed}):\n${output}`);
      return true;
    };
    if (LOOKS.test(here)) await waitFor(once, { what: here, intervalMs: 500, timeoutMs: 180_000 });
    else await once();
  }

  /** The address that stands for one of the document. */
  here(text: string): string {
    return [...this.addresses].reduce((known, [from, to]) => known.replaceAll(from, to), text);
  }

  private terminal(number: number): Session {
    const known = this.terminals.get(number);
    if (known !== undefined) return known;
    const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    const opened = this.machine.terminal({ PATH, HOME, TZ: 'UTC', LANG: 'C.UTF-8' });
    this.terminals.set(number, opened);
    return opened;
  }
}

/** Commands that change nothing, which are typed again until they print what is expected. */
const LOOKS = /^(backup-syncd status|sv status|sv check|curl)\b/m;
