import type { Filter } from '../../report/select.ts';
import type { Picture, Severity } from '../../report/types.ts';
import { SEVERITIES } from '../../report/words.ts';
import { html, type Html } from './html.ts';

/** Fewer clients need no filter. */
const FEW = 6;

/** Parses the filter in the URL: `?state=warning&name=web`. Ignores invalid values. */
export function parseFilter(query: URLSearchParams): Filter {
  const states = query.getAll('state').flatMap((text) => findState(text) ?? []);
  const name = query.get('name')?.trim() ?? '';
  return { ...(states.length > 0 && { states }), ...(name !== '' && { name }) };
}

function findState(text: string): Severity | undefined {
  return SEVERITIES.find((severity) => severity === text);
}

export function isFiltering({ states, name }: Filter): boolean {
  return states !== undefined || name !== undefined;
}

/** The URL of the page with a filter. */
export function filterAddress({ states = [], name }: Filter): string {
  const query = new URLSearchParams();
  for (const state of states) query.append('state', state);
  if (name !== undefined) query.set('name', name);
  const text = query.toString();
  return text === '' ? '/' : `/?${text}`;
}

/** A plain HTML form; undefined if there is nothing to filter. */
export function renderFilter({ clients }: Picture, filter: Filter): Html | undefined {
  if (clients.length <= FEW && !isFiltering(filter)) return undefined;
  const { states = [], name = '' } = filter;
  return html`<form class="filter" method="get" action="/">
    ${states.map((state) => html`<input type="hidden" name="state" value="${state}" />`)}
    <label
      >Client
      <input type="search" name="name" value="${name}" maxlength="100" placeholder="part of a name"
    /></label>
    <button type="submit">Show</button>
    ${isFiltering(filter) && html`<a href="/">Show all</a>`}
  </form>`;
}
