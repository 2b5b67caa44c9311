import { HASHED_KINDS } from '../../src/repository/names.ts';
import { locationContract } from './location-contract.ts';
import { MemoryLocation, MemoryPlace } from '../support/memory-location.ts';

locationContract('memory', {
  kinds: HASHED_KINDS,
  rounds: 40,
  many: 1_000,
  keepsTimes: true,
  tellsSpace: false,
  makePlace() {
    const place = new MemoryPlace();
    return {
      location: new MemoryLocation(place),
      plant: (path, content, mtimeMs) => place.put(path, content, mtimeMs),
      unplant: (path) => place.delete(path),
      content: (path) => place.content(path),
      mtimeMs: (path) => place.files.get(path)?.mtimeMs,
      files: () => place.paths().filter((path) => !path.startsWith('.backup-syncd')),
      reopen: () => new MemoryLocation(place),
      temporaries: () => place.paths('.backup-syncd/tmp/'),
    };
  },
  missing() {
    const place = new MemoryPlace();
    place.isMissing = true;
    return new MemoryLocation(place);
  },
});
