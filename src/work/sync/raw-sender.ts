import type { RawBackend } from '../../backends/raw-backend.ts';
import { isEmptyPlan, planSync } from '../../replication/plan.ts';
import type { View } from '../../repository/view.ts';
import { plural } from '../../runtime/plural.ts';
import { formatBytes } from '../../runtime/units.ts';
import type { Sender, SendOptions, Sent, Work } from '../sender.ts';
import { replicate } from './replicate.ts';

/** Sends objects to a backend that holds the same objects as the source. */
export class RawSender implements Sender {
  private readonly backend: RawBackend;

  constructor(backend: RawBackend) {
    this.backend = backend;
  }

  isIdle(view: View | undefined): boolean {
    const { present } = this.backend.known;
    return view !== undefined && present !== undefined && isEmptyPlan(planSync(view, present));
  }

  work(view: View): Work {
    const plan = planSync(view, this.backend.known.require());
    const { objects, bytes } = plan;
    const summary = `${plural(objects, 'object')}, ${formatBytes(bytes)} to send`;
    return { objects, bytes, summary, isNothing: isEmptyPlan(plan) };
  }

  async send(view: View, options: SendOptions): Promise<Sent> {
    await this.backend.claim(options.pass);
    return replicate(this.backend, view, options);
  }
}
