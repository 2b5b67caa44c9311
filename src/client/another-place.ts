import type { BackendFacts } from '../report/facts.ts';
import { NO_OBJECTS } from '../repository/objects.ts';

/** What is not known of a place because it was known of another one. */
export const OF_ANOTHER_PLACE: Partial<BackendFacts> = {
  ...{ up: undefined, lastContact: undefined, lastListing: undefined },
  ...{ missing: undefined, evaluatedFor: undefined, complete: undefined, latest: undefined },
  ...{ baselineAt: undefined, told: undefined, wholeConfig: undefined },
  ...{ proven: undefined, unproven: undefined, arrivals: undefined },
  ...{ keys: undefined, staleKeys: undefined },
  ...{ objects: undefined, bytes: undefined, freeBytes: undefined, totalBytes: undefined },
  ...{ lost: NO_OBJECTS, lostUnnamed: undefined, held: undefined },
};
