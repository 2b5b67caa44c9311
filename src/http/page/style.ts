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
th, td { padding: 12px 16px; text-align: left; vertical-align: top; font-weight: 400; }
tbody + tbody tr:first-child > * { border-top: 1px solid var(--line); }
tbody th { border-left: 4px solid var(--tone); }
.line { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 9px; min-height: 23px; }
tbody:last-child th { border-bottom-left-radius: 11px; }
tbody .wide { border-left: 4px solid var(--tone); padding-top: 0; }
.name { font-weight: 650; }
.line + p { margin-top: 3px; }
.note, .late { font-size: 13px; color: var(--soft); }
.late { color: var(--critical); font-weight: 600; }
.none { color: var(--soft); }

.findings, .notices { list-style: none; margin: 0; padding: 0; display: grid; gap: 8px; }
.findings { background: var(--shade); border-radius: 8px; padding: 10px 12px; }
.findings li { display: grid; grid-template-columns: 92px minmax(0, 1fr); gap: 2px 10px; place-items: start; }
.notices .status { margin-right: 4px; }
.notices { margin-bottom: 20px; }
.notices li { padding: 10px 14px; background: var(--sheet); border: 1px solid var(--line); border-radius: 10px; }
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
  .matrix, .matrix.wide { background: none; border: 0; overflow: visible; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, th, td { display: block; }
  tbody {
    margin-bottom: 12px; background: var(--sheet); border: 1px solid var(--line);
    border-left: 4px solid var(--tone); border-radius: 10px; padding: 4px 0;
  }
  tbody + tbody tr:first-child > *, tbody th, tbody .wide { border: 0; }
  tbody th { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; font-size: 15px; }
  .name { font-size: 17px; }
  tbody th .line { flex: 1 0 100%; }
  .client.ok td .note { display: none; }
  th, td { padding: 8px 14px; }
  td[data-place] { display: grid; grid-template-columns: 68px minmax(0, 1fr); gap: 0 10px; }
  td[data-place]::before { content: attr(data-place); grid-row: 1 / span 9; font-size: 13px; color: var(--soft); padding-top: 1px; }
  td[data-place] > * { grid-column: 2; justify-self: start; }
  td[data-place] > .progress { justify-self: stretch; max-width: none; }
  td.none { display: none; }
  .line + p { margin-top: 0; }
  tbody .wide { padding: 8px 10px; }
  .findings li { grid-template-columns: minmax(0, 1fr); }
}
`;
