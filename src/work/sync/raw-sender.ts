import type { View } from '../../repository/view.ts';
import { EmptyPlan } from './empty-plan.ts';
import type { RawBackend } from '../../backends/raw-backend.ts';
import { replicate } from './replicate.ts';
import type { Sender, SendOptions, Sent, Work } from '../sender.ts';
import { workOf } from './work-of.ts';

/** Sends objects to a backend that holds the same objects as the source. */
export class RawSender implements Sender {
  private readonly backend: RawBackend;
  private readonly emptyPlan = new EmptyPlan();

  constructor(backend: RawBackend) {
    this.backend = backend;
  }

  isIdle(view: View | undefined): boolean {
    return this.emptyPlan.isFor(view, this.backend.present);
  }

  work(view: View): Work {
    return workOf(this.emptyPlan.plan(view, this.backend.requirePresent()));
  }

  async send(view: View, options: SendOptions): Promise<Sent> {
    await this.backend.claim(options.pass);
    return replicate(this.backend, view, options);
  }
}
