import { namesMinus, plus } from '../repository/catalogue.ts';
import { zipData, type DataCatalogue } from '../repository/data-catalogue.ts';
import { NO_OBJECTS, type Objects } from '../repository/objects.ts';
import type { View } from '../repository/view.ts';

/**
 * A view without the packs that are gone, or that count as gone because they were overwritten. They are neither sent nor expected.
 * A backend that has them gets new snapshots, and any other one does not (I5). Pure.
 *
 * @param overwritten with the sizes that they had
 */
export function withoutChanged(
  view: View,
  vanished: View['vanished'],
  { data: overwritten }: Pick<Objects, 'data'>,
): View {
  if (overwritten === NO_OBJECTS.data || overwritten.count === 0)
    return vanished === undefined ? view : { ...view, vanished };
  const { objects } = view;
  const data = zipData(objects.data, overwritten, namesMinus);
  return {
    ...view,
    objects: { ...objects, data },
    vanished: vanished === 'unknown' ? vanished : together(vanished, overwritten),
  };
}

function together(vanished: DataCatalogue | undefined, overwritten: DataCatalogue): DataCatalogue {
  return vanished === undefined ? overwritten : zipData(vanished, overwritten, plus);
}
