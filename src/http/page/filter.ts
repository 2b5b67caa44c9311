import type { Filter } from '../../report/select.ts';
import type { Picture, Severity } from '../../report/types.ts';
import { SEVERITIES } from '../../report/words.ts';
import { html, type Html } from './html.ts';

/** Fewer are seen at a glance. */
const FEW = 6;

/** What the address of the page says: `?state=warning&name=web`. What makes no sense is ignored. */
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

/** Where the page shows what a filter leaves. */
export function filterAddress({ states = [], name }: Filter): string {
  const query = new URLSearchParams();
  for (const state of states) query.append('state', state);
  if (name !== undefined) query.set('name', name);
  const text = query.toString();
  return text === '' ? '/' : `/?${text}`;
}

/** A form of plain HTML; undefined where there is nothing to look for. */
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
