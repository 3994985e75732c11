/** The looks of a report: one column of text, wide tables and plots, light and dark. */
import { inks } from '../plots/dress.ts';

const { light, dark } = inks;

export const style = `
:root {
  color-scheme: light dark;
  --paper: ${light.paper}; --ink: ${light.ink}; --quiet: ${light.quiet}; --line: ${light.grid};
  --panel: #f6f7f9; --good: #1a7f4b; --bad: #b3401f; --accent: #0b62a8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: ${dark.paper}; --ink: ${dark.ink}; --quiet: ${dark.quiet}; --line: ${dark.grid};
    --panel: #1c2027; --good: #5fd39a; --bad: #ff9a76; --accent: #7fbfff;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 'Segoe UI', system-ui, -apple-system, Roboto, 'DejaVu Sans', sans-serif;
}
main { max-width: 1120px; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1, h2, figure h3 { font-family: Charter, 'Bitstream Charter', Cambria, Georgia, 'DejaVu Serif', serif; line-height: 1.25; text-wrap: balance; }
h1 { font-size: clamp(1.5rem, 1.1rem + 1.9vw, 2.3rem); margin: 0 0 1rem; max-width: 26em; }
h2 { font-size: 1.45rem; margin: 3rem 0 1rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.02rem; margin: 1.6rem 0 .5rem; }
p { margin: 0 0 1rem; max-width: 44em; }
.name { margin: 0 0 .4rem; color: var(--quiet); font-size: .82rem; letter-spacing: .08em; text-transform: uppercase; }
.expected { color: var(--ink); }
.verdict {
  display: flex; gap: .7rem; max-width: 46em; margin: 0 0 .6rem; padding: .7rem .9rem;
  background: var(--panel); border-left: 4px solid var(--quiet); border-radius: 0 4px 4px 0;
}
.verdict .sign { font-weight: bold; }
.verdict.agrees { border-color: var(--good); } .verdict.agrees .sign { color: var(--good); }
.verdict.disagrees { border-color: var(--bad); } .verdict.disagrees .sign { color: var(--bad); }
nav { margin: 1.4rem 0 0; font-size: .92rem; }
nav a { margin-right: 1.1rem; white-space: nowrap; }
a { color: var(--accent); text-underline-offset: .15em; }
.scroll { overflow-x: auto; margin: 0 0 1.5rem; }
.scroll:focus-visible, summary:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums lining-nums; min-width: 100%; }
caption { text-align: left; color: var(--quiet); padding: 0 0 .5rem; font-size: .9rem; }
th, td { padding: .42rem .65rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); white-space: nowrap; }
thead th { border-bottom: 2px solid var(--quiet); font-weight: 600; vertical-align: bottom; white-space: normal; line-height: 1.3; }
th:last-child, td:last-child { padding-right: 0; }
tbody th { font-weight: 600; }
th:first-child { position: sticky; left: 0; background: var(--paper); padding-left: 0; }
.number { text-align: right; }
.unit { color: var(--quiet); font-weight: normal; }
.spread { display: block; color: var(--quiet); font-size: .8rem; }
tbody tr:hover th, tbody tr:hover td { background: var(--panel); }
figure { margin: 2.4rem 0 3.2rem; scroll-margin-top: 1rem; }
figure h3 { font-size: 1.2rem; margin: 0 0 .7rem; padding-right: 48px; text-wrap: pretty; }
figcaption { color: var(--quiet); font-size: .88rem; max-width: 56em; margin-top: .5rem; }
.plot { position: relative; }
.chart-wrapper > svg { display: block; max-width: 100%; height: auto; }
.problem { color: var(--bad); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.2rem; margin: 0 0 1rem; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
pre { background: var(--panel); border-radius: 4px; padding: .8rem 1rem; overflow-x: auto; font: .85rem/1.5 ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
.command { white-space: pre-wrap; overflow-wrap: anywhere; }
.command code::before { content: '$ '; color: var(--quiet); user-select: none; }
summary { cursor: pointer; color: var(--accent); padding: .3rem 0; }
.vega-embed details:not([open]) > :not(summary) { display: none !important; }
.plot.vega-embed { display: block; padding: 0 !important; }
.vega-embed .chart-wrapper { width: 100%; }
.vega-embed details { position: absolute; top: -2.6rem; right: 0; }
.vega-embed summary { opacity: .6 !important; background: var(--paper) !important; color: var(--ink); border-color: var(--line); }
.vega-embed .vega-actions { background: var(--paper); border-color: var(--line); }
.vega-embed .vega-actions a { color: var(--ink); }
@media (max-width: 560px) {
  main { padding: 1.4rem .9rem 3rem; }
  th, td { padding: .4rem .5rem; }
  dl { grid-template-columns: 1fr; } dd { margin-bottom: .5rem; }
}
@media print { .plot { break-inside: avoid; } nav, .vega-embed summary { display: none; } }
`;
