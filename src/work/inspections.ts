import type { InspectionFacts } from '../backends/backend.ts';
import { OtherRepositoryError } from '../backends/same-repository.ts';
import type { Care } from '../locations/care.ts';
import type { View } from '../repository/view.ts';
import { SinceListing } from './audit/listing-due.ts';
import type { BackendPass } from './pass.ts';
import { duplicatePlaceError } from './sync/sync-errors.ts';
import type { Workplace } from './workplace.ts';

/** Inspects one backend for all its activities, and writes the result to the facts. */
export class Inspections {
  private readonly place: Workplace;
  private readonly sinceListing: SinceListing;
  /** called after each full listing, whatever its purpose, with the view that it was compared with */
  onListing: (view: View) => void = () => undefined;

  /** called with the name of a backend when objects came back from it */
  onRepaired: (from: string) => void = () => undefined;

  constructor(place: Workplace) {
    this.place = place;
    this.sinceListing = new SinceListing(() => place.clock.elapsedMs());
  }

  /** Whether the last full listing, whatever its purpose, is too old. */
  get isListingDue(): boolean {
    const { config, store, clock } = this.place;
    const { lastListing } = store.backend(config.name).place;
    const everyMs = config.intervals.auditEveryMs;
    return this.sinceListing.isDue({ everyMs, lastListing, now: clock.now() });
  }

  /** Rejects with the problem of the place. */
  async inspect(view: View | undefined, pass: BackendPass, wanted: Care): Promise<void> {
    const { backend, sender, source, store, clock, config } = this.place;
    const { configSha256 } = this.place;
    const known = store.backend(config.name);
    const inspecting = backend.inspect.bind(backend, {
      wanted,
      isIdle: sender.isIdle(view),
      view,
      source,
      signal: pass.signal,
      now: clock.now(),
      configSha256: configSha256(),
      remembered: known,
    });
    const found = await pass.during('checking it', inspecting).catch((error: unknown) => {
      if (error instanceof OtherRepositoryError) this.place.evaluation.forget();
      throw error;
    });
    const isFull = found.place.lastListing !== undefined;
    if (isFull) this.sinceListing.note();
    this.refuseTwin(found);
    pass.inspected({ ...found, hasDisks: config.traits.hasMarker });
    if (isFull && view !== undefined) this.onListing(view);
  }

  private refuseTwin({ place: { markerId } }: InspectionFacts): void {
    const { backend, places, config } = this.place;
    if (markerId === undefined || backend.managed === undefined) return;
    const owner = places.note(config.name, markerId);
    if (owner === undefined) return;
    this.place.evaluation.forget();
    throw duplicatePlaceError(owner, backend.owner);
  }
}
