import { namesMinus, type Catalogue } from '../repository/catalogue.ts';

/**
 * Why the `config` of a place can differ from the source's. Without the password, the keys show why: `restic migrate` keeps them,
 * and `restic init` creates new ones. Packs and snapshots prove nothing: they stay when only `config` and `keys/` are created
 * again, and are then unreadable.
 */
export type ConfigCause = 'config_changed' | 'different_repository';

/**
 * Whether two places hold the same repository: the source has at least one key, and none that the other place lacks. Pure.
 *
 * @param source all key files of the source
 * @param other the key files that they are compared with
 */
export function causeOf(source: Catalogue, other: Catalogue): ConfigCause {
  const isSame = source.count > 0 && namesMinus(source, other).count === 0;
  return isSame ? 'config_changed' : 'different_repository';
}
