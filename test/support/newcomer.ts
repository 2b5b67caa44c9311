import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { mainFile } from './cli.ts';
import { isPrinted, type Step } from './document-session.ts';
import { monitoringTool } from './prometheus.ts';
import { shortenedRules } from './quick-alerts.ts';
import { Session } from './session.ts';
import { freePort, temporaryDirectory, waitFor } from './temp.ts';
import { pathWith } from './tools.ts';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts';

const GENERATION = 'newest';

/** Someone with an empty home, a checkout, the real tools and a phone, who follows a document to the letter. */
export class Newcomer {
  readonly home = temporaryDirectory();
  private readonly terminals = new Map<number, Session>();
  private readonly tools = temporaryDirectory();
  private readonly phone: WebhookReceiver;
  private readonly addresses: ReadonlyMap<string, string>;

  private constructor(phone: WebhookReceiver, addresses: ReadonlyMap<string, string>) {
    this.phone = phone;
    this.addresses = addresses;
    const checkout = join(this.home, 'backup-syncd');
    mkdirSync(join(checkout, 'alerts'), { recursive: true });
    symlinkSync(dirname(mainFile), join(checkout, 'dist'));
    for (const file of shortenedRules()) cpSync(file, join(checkout, 'alerts', basename(file))); // nobody waits for half an hour
    this.installTools();
  }

  /** @param ports those of the document, which others may use here */
  static async at(ports: readonly number[]): Promise<Newcomer> {
    const phone = await startWebhookReceiver();
    const addresses = new Map([['https://ntfy.sh/', phone.url]]);
    for (const port of ports) addresses.set(`127.0.0.1:${port}`, `127.0.0.1:${await freePort()}`);
    return new Newcomer(phone, addresses);
  }

  /** Throws unless the commands print what the document shows, or succeed where it shows nothing; or the message arrives. */
  async follow(step: Step): Promise<void> {
    try {
      if (step.kind === 'message') await this.receive(step.text);
      else if (step.terminal === 1) await this.type(step.text, step.printed);
      else await this.start(step.terminal, step);
    } catch (error) {
      const others = [...this.terminals].map(([n, each]) => `\nterminal ${n}:\n${each.output()}`);
      const shown = `line ${step.line}: ${String(error)}${others.join('')}`;
      throw new Error(shown.replaceAll(this.home, '/home/you'), { cause: error });
    }
  }

  /** Waits for the message that an alert is over. */
  async resolved(alertname: string): Promise<void> {
    const isSo = () =>
      this.phone.notifications.some(
        ({ status, groupLabels }) =>
          status === 'resolved' && groupLabels['alertname'] === alertname,
      );
    await waitFor(isSo, { what: `the end of ${alertname}` });
  }

  /** Presses Ctrl-C in every terminal but the first, until nothing runs there. */
  async interrupt(): Promise<number> {
    const others = [...this.terminals].filter(([number]) => number !== 1).map(([, each]) => each);
    for (const each of others) each.leave();
    await waitFor(() => others.every((each) => !each.isOpen()), { what: 'the end of all' });
    return others.length;
  }

  private installTools(): void {
    for (const name of ['prometheus', 'promtool', 'amtool'] as const)
      symlinkSync(monitoringTool(name, GENERATION), join(this.tools, name));
    const alertmanager = monitoringTool('prometheus-alertmanager', GENERATION);
    const share = join(dirname(alertmanager), '../share/prometheus/alertmanager'); // see the catalogue of tools
    const wrapper = join(this.tools, 'prometheus-alertmanager');
    writeFileSync(wrapper, `#!/bin/sh\ncd '${share}' && exec '${alertmanager}' "$@"\n`);
    chmodSync(wrapper, 0o755);
    symlinkSync(process.execPath, join(this.tools, 'node'));
  }

  private terminal(number: number): Session {
    const known = this.terminals.get(number);
    if (known !== undefined) return known;
    const PATH = [this.tools, pathWith(GENERATION)].join(delimiter);
    const opened = new Session({ PATH, HOME: this.home, TZ: 'UTC', LANG: 'C.UTF-8' }, this.home);
    this.terminals.set(number, opened);
    return opened;
  }

  /** Types a command; one that changes nothing is typed again until it prints what is expected. */
  private async type(text: string, printed: string | undefined): Promise<void> {
    const terminal = this.terminal(1);
    const here = this.here(text);
    const once = async (): Promise<true> => {
      const { output, failed } = await terminal.type(here);
      if (printed === undefined && failed !== undefined)
        throw new Error(`exit code ${failed}:\n${here}${output}`);
      if (printed !== undefined && !isPrinted(printed, output, this.home))
        throw new Error(`expected:\n${printed}printed:\n${output}`);
      return true;
    };
    if (LOOKS.test(here)) await waitFor(once, { what: here, intervalMs: 500 });
    else await once();
  }

  private async start(number: number, step: Step & { readonly kind: 'commands' }): Promise<void> {
    const terminal = this.terminal(number);
    terminal.start(this.here(step.text));
    const { printed } = step;
    if (printed === undefined) return;
    const isSo = () => isPrinted(printed, terminal.output(), this.home);
    await waitFor(isSo, { what: printed });
  }

  private async receive(text: string): Promise<void> {
    const received = () =>
      this.phone.notifications
        .flatMap(({ alerts }) => alerts)
        .map(({ annotations: { description = '' } }) => description);
    const isSo = () => {
      if (received().some((each) => isPrinted(text, each, this.home))) return true;
      throw new Error(`the phone shows:\n${received().join('\n')}`);
    };
    await waitFor(isSo, { what: text });
  }

  private here(text: string): string {
    return [...this.addresses].reduce((known, [from, to]) => known.replaceAll(from, to), text);
  }
}

const LOOKS = /^(backup-syncd status|promtool query)[^\n]*\n$/;
