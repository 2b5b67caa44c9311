/** The style sheet of the page; headers.ts allows it by its hash. */
export const STYLE = `
:root {
  --ground: #f5f6f8; --sheet: #fff; --text: #171a1f; --soft: #565e69; --line: #e1e4e9; --shade: #eef0f3;
  --ok: #14692f; --ok-tint: #e3f4e8; --busy: #1a56ad; --busy-tint: #e4eefb;
  --warning: #7d4f00; --warning-tint: #fdf0d2; --critical: #a8201a; --critical-tint: #fce6e4;
  --unknown: #4d5560; --unknown-tint: #e9ecef;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1115; --sheet: #161a20; --text: #e7e9ec; --soft: #a3abb6; --line: #2a3039; --shade: #1e242c;
    --ok: #74d394; --ok-tint: #15301f; --busy: #8db8fb; --busy-tint: #162a47;
    --warning: #f3c65a; --warning-tint: #38290a; --critical: #ff938a; --critical-tint: #421a18;
    --unknown: #b2bac5; --unknown-tint: #262c35;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 15px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
header, main, footer { max-width: 1440px; margin: 0 auto; padding: 0 24px; }
header { display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: baseline; padding-top: 18px; }
nav { display: flex; flex-wrap: wrap; gap: 4px 18px; margin-left: auto; font-size: 13px; color: var(--soft); }
a { color: var(--busy); text-underline-offset: 3px; }
.brand { color: var(--text); font-weight: 650; text-decoration: none; letter-spacing: -0.01em; }
.summary { display: flex; flex-wrap: wrap; gap: 8px 20px; align-items: center; margin: 26px 0 20px; }
h1 { margin: 0; font-size: 26px; line-height: 1.2; letter-spacing: -0.02em; font-weight: 680; }
p { margin: 0; }
.counts { display: flex; flex-wrap: wrap; gap: 6px; }
.counts a { text-decoration: none; }
.counts a:hover, .counts .chosen { outline: 2px solid var(--tone); }
h2 { margin: 26px 0 10px; font-size: 17px; }
h3 { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; margin: 0 0 6px; font-size: 15px; }

.status {
  display: inline-flex; align-items: center; gap: 6px; padding: 1px 9px 1px 8px; border-radius: 99px; max-width: 100%;
  font-size: 13px; font-weight: 600; line-height: 20px;
  color: var(--tone); background: var(--tint);
}
.status::before { content: ''; flex: none; width: 7px; height: 7px; border-radius: 50%; background: currentColor; }
.ok { --tone: var(--ok); --tint: var(--ok-tint); }
.busy { --tone: var(--busy); --tint: var(--busy-tint); }
.warning { --tone: var(--warning); --tint: var(--warning-tint); }
.critical { --tone: var(--critical); --tint: var(--critical-tint); }
.unknown { --tone: var(--unknown); --tint: var(--unknown-tint); }

.matrix { background: var(--sheet); border: 1px solid var(--line); border-radius: 12px; }
.matrix.wide { overflow-x: auto; }
.matrix.wide table { width: max-content; min-width: 100%; table-layout: auto; }
.matrix.wide td[data-place] { width: 210px; }
table { width: 100%; table-layout: fixed; border-collapse: separate; border-spacing: 0; }
thead th {
  position: sticky; top: 0; z-index: 1; background: var(--sheet); border-bottom: 1px solid var(--line);
  font-size: 12px; font-weight: 600; color: var(--soft); letter-spacing: 0.02em;
}
thead th:first-child { width: 210px; border-top-left-radius: 12px; }
thead th:last-child { border-top-right-radius: 12px; }
th, td { padding: 8px 16px; text-align: left; vertical-align: top; font-weight: 400; }
tbody + tbody tr:first-child > * { border-top: 1px solid var(--line); }
tbody th { border-left: 4px solid var(--tone); }
.line { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 9px; min-height: 23px; }
.narrow { display: none; }
tbody:last-child th { border-bottom-left-radius: 11px; }
tbody .wide { border-left: 4px solid var(--tone); padding-top: 0; }
.name { font-weight: 650; color: var(--text); text-decoration-color: var(--line); }
.name:hover { text-decoration-color: currentColor; }
.line + p { margin-top: 3px; }
.note, .late { font-size: 13px; color: var(--soft); }
.late { color: var(--critical); font-weight: 600; }
.none { color: var(--soft); }

.findings { list-style: none; margin: 0; padding: 0; display: grid; gap: 8px; }
.findings { margin-bottom: 18px; }
.findings li { padding: 10px 14px; background: var(--sheet); border: 1px solid var(--line); border-radius: 10px; }
.findings li { display: grid; grid-template-columns: 104px minmax(0, 1fr); gap: 2px 10px; place-items: start; }
details { margin: 2px 0; }
summary { cursor: pointer; color: var(--busy); font-size: 13px; }
.names { display: flex; flex-wrap: wrap; gap: 2px 12px; font-size: 13px; }
.names .name { font-weight: 500; }
.hint { color: var(--soft); white-space: pre-line; }
code, pre { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; }
code { display: inline-block; max-width: 100%; padding: 0 6px; border-radius: 5px; background: var(--sheet); border: 1px solid var(--line); color: var(--text); }
.findings code, pre { user-select: all; }

.progress { margin-top: 8px; max-width: 260px; }
progress {
  display: block; width: 100%; height: 8px; margin-bottom: 4px; border: 0; border-radius: 99px; overflow: hidden;
  appearance: none; background: var(--busy-tint);
}
progress::-webkit-progress-bar { background: var(--busy-tint); }
progress::-webkit-progress-value { background: var(--busy); border-radius: 99px; }
progress::-moz-progress-bar { background: var(--busy); border-radius: 99px; }

.filter { display: flex; flex-wrap: wrap; gap: 8px 10px; align-items: center; margin: 0 0 14px; font-size: 13px; color: var(--soft); }
.filter input, .filter button {
  font: inherit; color: var(--text); background: var(--sheet); border: 1px solid var(--line); border-radius: 8px; padding: 5px 10px;
}
.filter button { cursor: pointer; }

.places { display: grid; grid-template-columns: repeat(auto-fill, minmax(330px, 1fr)); gap: 12px; }
.place { padding: 12px 16px; background: var(--sheet); border: 1px solid var(--line); border-radius: 12px; }
dl { margin: 8px 0 0; font-size: 13px; display: grid; gap: 3px; }
dl div { display: grid; grid-template-columns: 130px minmax(0, 1fr); gap: 8px; }
dt { color: var(--soft); }
dd { margin: 0; }
.list tbody th, .list tbody td { border: 0; }
.list tbody tr > * { border-top: 1px solid var(--line); padding-top: 5px; padding-bottom: 5px; }
.list thead th:first-child { width: auto; }
td.text { min-width: 220px; max-width: 560px; }
.where { color: var(--tone); }
.where.ok { color: var(--text); }

.empty { max-width: 640px; padding: 20px 26px; background: var(--sheet); border: 1px solid var(--line); border-radius: 12px; }
.empty h2 { margin: 0 0 10px; font-size: 18px; }
.empty ol { margin: 0; padding-left: 20px; display: grid; gap: 14px; }
pre { margin: 6px 0 0; padding: 10px 12px; background: var(--shade); border-radius: 8px; white-space: pre-wrap; }
footer { padding-top: 20px; padding-bottom: 28px; font-size: 13px; color: var(--soft); }

@media (max-width: 760px) {
  header, main, footer { padding-left: 14px; padding-right: 14px; }
  nav { margin-left: 0; }
  h1 { font-size: 22px; }
  .summary { margin: 18px 0 14px; }
  .findings li { grid-template-columns: minmax(0, 1fr); }
  .places { grid-template-columns: minmax(0, 1fr); }
  .list th, .list td { padding: 5px 10px; }
  .matrix.wide .stacked { width: 100%; }
  .stacked thead { display: none; }
  .stacked tbody tr { display: flex; flex-wrap: wrap; gap: 2px 14px; padding: 8px 12px; border-top: 1px solid var(--line); }
  .stacked tbody tr > td { padding: 0; border: 0; }
  .stacked .text { flex-basis: 100%; }

  .clients { overflow: visible; }
  .clients thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .clients table, .clients tbody, .clients tr, .clients th, .clients td { display: block; width: auto; min-width: 0; }
  .clients tbody { border-left: 4px solid var(--tone); padding: 5px 0; }
  .clients tbody + tbody { border-top: 1px solid var(--line); }
  .clients tbody:first-of-type { border-top-left-radius: 11px; }
  .clients tbody:last-child { border-bottom-left-radius: 11px; }
  .clients tbody + tbody tr:first-child > *, .clients tbody th { border: 0; }
  .clients th, .clients td, .clients.wide td[data-place] { padding: 2px 12px; width: auto; }
  .clients .narrow { display: inline; margin-left: auto; font-size: 13px; color: var(--soft); }
  .clients td[data-place] { display: grid; grid-template-columns: 74px minmax(0, 1fr); gap: 0 10px; }
  .clients td[data-place]::before { content: attr(data-place); grid-row: 1 / span 9; font-size: 13px; color: var(--soft); padding-top: 1px; }
  .clients td[data-place] > * { grid-column: 2; justify-self: start; }
  .clients td[data-place] > .progress { justify-self: stretch; max-width: none; }
  .clients td[data-place].none, .clients td[data-place].spare { display: none; }
  .line + p { margin-top: 0; }
}
`;
