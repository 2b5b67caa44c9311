import { Catalogue } from '../../repository/catalogue.ts';
import type { CorruptObject, Receipt } from '../location.ts';
import type { CopiedObject } from './io/protocol.ts';

/** A temporary file whose content matches its object's name, before it gets that name. */
export interface Copied {
  readonly id: string;
  readonly temporary: string;
  readonly size: number;
}

export interface CopiedBatch {
  readonly files: readonly Copied[];
  readonly receipt: Receipt;
}

/** The result for each object, in their order. */
export function sortCopied(part: Catalogue, outcomes: readonly CopiedObject[]): CopiedBatch {
  const files: Copied[] = [];
  const vanished: string[] = [];
  const corrupt: CorruptObject[] = [];
  outcomes.forEach((outcome, i) => {
    const id = part.idAt(i);
    if (outcome.outcome === 'copied')
      files.push({ id, temporary: outcome.temporary, size: outcome.size });
    else if (outcome.outcome === 'vanished') vanished.push(id);
    else corrupt.push({ id, message: outcome.message });
  });
  const placed = Catalogue.from(files.map((file) => [file.id, file.size]));
  return { files, receipt: { placed, vanished, corrupt } };
}
